/** The rooms of the library import only from rooms below them, and nothing but npm and Node. */
import assert from "node:assert/strict";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** From top to bottom. */
const ROOMS = [
  "display",
  "analysis",
  "training",
  "models",
  "balancing",
  "linear",
  "tasks",
  "data",
  "gradients",
  "math",
  "backend",
];

const lib = fileURLToPath(new URL("../lib", import.meta.url));

function* sources(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = `${folder}/${entry.name}`;
    // AssemblyScript has its own modules.
    if (entry.isDirectory && entry.name !== "assembly") yield* sources(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

/** The names that a module imports or re-exports, without comments. */
function imports(source: string): string[] {
  const code = source.replace(/\/\*[^]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const patterns = [
    /^\s*(?:import|export)\s[^;]*?\bfrom\s*["']([^"']+)["']/gm,
    /^\s*import\s*["']([^"']+)["']/gm,
    /\bimport\(\s*["']([^"']+)["']/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]));
}

/** `data` for `data/formats/idx.ts`; the face of the library is above all rooms. */
const room = (file: string) => file.includes("/") ? file.slice(0, file.indexOf("/")) : "";

const modules = [...sources(lib)].map((path) => ({
  file: relative(lib, path).replaceAll("\\", "/"),
  from: imports(Deno.readTextFileSync(path)).map((name) => ({
    name,
    file: name.startsWith(".")
      ? relative(lib, resolve(path, "..", name)).replaceAll("\\", "/")
      : undefined,
  })),
}));

Deno.test("imports are found in every form", () => {
  const source = `import { a } from "./a.ts";
import type { B } from './b.ts';
import "./c.ts";
export * from "./d.ts";
export {
  e,
} from "./e.ts";
// import { not } from "./not.ts";
/** import { nor } from "./nor.ts"; */
const f = await import("./f.ts");
`;
  assert.deepEqual(
    imports(source).sort(),
    ["a", "b", "c", "d", "e", "f"].map((it) => `./${it}.ts`),
  );
});

Deno.test("every folder of the library is a room", () => {
  const folders = new Set(modules.map(({ file }) => room(file)).filter((name) => name !== ""));
  for (const folder of folders) assert.ok(ROOMS.includes(folder), `lib/${folder} is no room`);
});

Deno.test("a room imports only from itself and from rooms below", () => {
  const wrong = modules.flatMap(({ file, from }) =>
    from.filter((target) => {
      if (target.file === undefined || target.file.startsWith("..") || room(file) === "") {
        return false;
      }
      const name = room(target.file);
      // Files of the face itself hold what all rooms may know, such as the version.
      if (name === "") return target.file === "mod.ts";
      return ROOMS.indexOf(name) < ROOMS.indexOf(room(file));
    }).map(({ name }) => `lib/${file} imports ${name}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("the library stays inside lib/ and imports packages by their bare names", () => {
  const wrong = modules.flatMap(({ file, from }) =>
    from.filter(({ name, file: target }) =>
      target?.startsWith("..") || /^(?:https?:|jsr:|npm:)/.test(name) || name === "polytask"
    ).map(({ name }) => `lib/${file} imports ${name}`)
  );
  // The catalogue of data files lies in data/, where people look for it.
  assert.deepEqual(wrong.filter((text) => !text.endsWith("data/catalog.json")), []);
});
