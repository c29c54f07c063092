import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as data from "../../../lib/data/mod.ts";
import { serve } from "../_server.ts";
import { testOnRealData } from "../_real.ts";
import { temporaryFolder } from "../_temporary.ts";

/** A set of several files, and what is compared of it. */
interface Loaded {
  readonly dataset: string;
  readonly files: number;
  load(places: data.DataOptions): Promise<object>;
  /** Whether what was parsed is kept. */
  readonly kept?: boolean;
}

const sets: Loaded[] = [
  { dataset: "mnist", files: 4, kept: true, load: (places) => data.mnist(places) },
  { dataset: "fashion-mnist", files: 4, kept: true, load: (places) => data.fashionMnist(places) },
  { dataset: "ud-english-ewt", files: 3, kept: true, load: (places) => data.udEnglish(places) },
  { dataset: "wnut17", files: 3, kept: true, load: (places) => data.wnut17(places) },
  { dataset: "movielens-latest-small", files: 2, kept: true, load: (at) => data.movielens(at) },
  { dataset: "optdigits", files: 2, load: (places) => data.optdigits(places) },
  { dataset: "parkinson-speech", files: 2, load: (places) => data.parkinsonSpeech(places) },
  {
    dataset: "mulan-multi-label",
    files: 3,
    kept: true,
    load: (places) => data.mulanLabels("flags", places),
  },
  { dataset: "snips-nlu", files: 14, kept: true, load: (places) => data.snips(places) },
  { dataset: "naval-propulsion", files: 1, kept: true, load: (at) => data.navalPropulsion(at) },
  { dataset: "grid-stability", files: 1, kept: true, load: (at) => data.gridStability(at) },
];

const PATIENCE_MILLISECONDS = 20_000;

const roots = [data.cacheFolder(), data.mirrorPlace()].filter((root) => root !== undefined);

/** A file of the cache or the mirror, as a web server gives it. */
async function answer(path: string): Promise<Response> {
  for (const root of roots) {
    const file = await Deno.readFile(`${root}${path}`).catch(() => undefined);
    if (file) return new Response(file);
  }
  return new Response("", { status: 404 });
}

for (const { dataset, files, load, kept } of sets) {
  const name = `${files} files are asked for side by side${kept ? ", and kept as parsed" : ""}`;
  testOnRealData(dataset, name, async () => {
    const all = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => all.resolve(false), PATIENCE_MILLISECONDS);
    await using server = serve(async (path) => {
      if (server.requests.length === files) all.resolve(true);
      // No file is given before all were asked for.
      return await all.promise
        ? await answer(path)
        : new Response("one after the other", { status: 500 });
    });
    const cache = temporaryFolder();
    const first = await load({ cache, mirror: server.address });
    clearTimeout(timer);
    strictEqual(server.requests.length, files);
    if (!kept) return;
    // What was parsed stands for the files, which are gone.
    const names = [...Deno.readDirSync(cache)].map(({ name }) => name);
    ok(names.includes("parsed"), `${names}`);
    for (const name of names.filter((name) => name !== "parsed")) {
      Deno.removeSync(`${cache}/${name}`, { recursive: true });
    }
    deepStrictEqual(await load({ cache, mirror: null, offline: true }), first);
  });
}
