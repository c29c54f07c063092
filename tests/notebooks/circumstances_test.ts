import assert from "node:assert/strict";
import { paths } from "../../tools/paths.ts";
import { chosenBackend, dataAtHand } from "../../tools/run_notebooks/circumstances.ts";

Deno.test("data count by what can be found, in whichever place and form", async () => {
  const folder = `${paths.made}/test-notebooks/${crypto.randomUUID()}`;
  const [cache, mirror] = [`${folder}/cache`, `${folder}/mirror`];
  const put = async (place: string, text: string) => {
    await Deno.mkdir(`${place}/adult`, { recursive: true });
    await Deno.writeTextFile(`${place}/adult/adult.data`, text);
  };
  try {
    assert.deepEqual(await dataAtHand({ cache, mirror: null }), []);
    await put(mirror, "");
    assert.deepEqual(await dataAtHand({ cache, mirror }), []);
    await put(mirror, "39, State-gov");
    const found = await dataAtHand({ cache, mirror });
    assert.deepEqual(found, ["adult/adult.data"]);
    // A chapter that copies a file into the cache is not run again for that.
    await put(cache, "39, State-gov");
    assert.deepEqual(await dataAtHand({ cache, mirror }), found);
    assert.deepEqual(await dataAtHand({ cache, mirror: null }), found);
    assert.deepEqual(
      await dataAtHand({ cache, mirror: "http://127.0.0.1:1/data" }),
      [...found, "http://127.0.0.1:1/data"],
    );
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
});

Deno.test("the backend that counts is the one that a chapter gets", async () => {
  const { backend, device } = JSON.parse(await chosenBackend());
  assert.match(backend, /^(?:native|webgpu|wasm|cpu)$/);
  assert.ok(device.length > 0);
});
