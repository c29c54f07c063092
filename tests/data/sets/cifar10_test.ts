import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { cifar10, DataUnavailableError } from "../../../lib/data/mod.ts";
import { countClasses, sum, testOnRealData } from "../_real.ts";
import { temporaryFolder } from "../_temporary.ts";

const offline = { offline: true };

// Figures taken from the files with Python's lzma and NumPy 2.4.6.
testOnRealData("cifar10-jpg", "the stand-in says what it is and has the right pixels", async () => {
  const { train, validation, test } = await cifar10({ ...offline, orStandIn: true, validation: 0 });
  if (!/stand-in/.test(train.name)) return; // The official archive is here.
  strictEqual(validation.size, 0);
  deepStrictEqual(countClasses(train.target("object").values, 10), new Array(10).fill(500));
  deepStrictEqual(countClasses(test.target("object").values, 10), new Array(10).fill(100));
  strictEqual(sum(test.target("animal").values), 600);
  strictEqual(sum(train.inputs.image.values), 1849123137);
  strictEqual(sum(test.inputs.image.values), 374565327);
  const colours = [0, 0, 0];
  const pixels = train.inputs.image.values;
  for (let at = 0; at < pixels.length; at++) colours[at % 3] += pixels[at];
  deepStrictEqual(colours, [641195800, 627733829, 580193508]);
  deepStrictEqual([...train.inputs.image.values.slice(7 * 3072, 7 * 3072 + 6)], [
    30,
    35,
    41,
    27,
    36,
    43,
  ]);
  match(train.description, /stand-in for CIFAR-10: 6,000 lossy JPEG copies\. Not comparable/);
});

testOnRealData("cifar10", "classes of the official archive", async () => {
  const { train, test } = await cifar10({ ...offline, validation: 0 });
  deepStrictEqual(countClasses(train.target("object").values, 10), new Array(10).fill(5000));
  deepStrictEqual(countClasses(test.target("object").values, 10), new Array(10).fill(1000));
});

Deno.test("without the archive and without leave to take the stand-in, CIFAR-10 is unavailable", async () => {
  const nowhere = { cache: temporaryFolder(), mirror: null, offline: true };
  await rejects(cifar10(nowhere), DataUnavailableError);
  await rejects(cifar10({ ...nowhere, orStandIn: true }), (error: Error) => {
    ok(error instanceof DataUnavailableError);
    match(error.message, /cifar-10-binary\.tar\.gz/);
    return true;
  });
});
