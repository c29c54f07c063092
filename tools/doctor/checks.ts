/** What the doctor looks at; each check gives its findings and never throws. */
import type { BackendProbe } from "../../lib/backend/mod.ts";
import { exists } from "../files.ts";
import { cellText, fromScript, notebookText, parseNotebook } from "../notebook_source.ts";
import { jupyterEnvironment, paths } from "../paths.ts";
import { runNotebook } from "../run_notebooks/mod.ts";
import { missingParts, TESTED_DENO } from "../setup/mod.ts";
import type { Finding } from "./finding.ts";

const SET_UP = "run deno task setup";
const SETUP_BYTES = 600_000_000;

async function output(command: string, args: string[], env: Record<string, string> = {}) {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd: paths.root,
    env: { ...jupyterEnvironment(), NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  return { success, out, error };
}

/** The Deno that runs this, and the lasting copy that the kernel is. */
export async function denoFindings(): Promise<Finding[]> {
  const { deno, v8, typescript } = Deno.version;
  const found = `${deno} (V8 ${v8}, TypeScript ${typescript}, ${Deno.build.target})`;
  const findings: Finding[] = [
    deno === TESTED_DENO ? { verdict: "right", about: "Deno", found } : {
      verdict: "note",
      about: "Deno",
      found,
      todo: `the course is tested with ${TESTED_DENO}: npx -y deno@${TESTED_DENO} task course`,
    },
  ];
  if (!await exists(paths.deno)) {
    return [...findings, { verdict: "wrong", about: "kernel", found: "no Deno", todo: SET_UP }];
  }
  return findings;
}

/** The npm packages that the library needs. */
export async function packageFindings(): Promise<Finding[]> {
  const about = "packages";
  if (!await exists(`${paths.root}/node_modules`)) {
    return [{ verdict: "wrong", about, found: "no node_modules", todo: SET_UP }];
  }
  return [
    (await missingParts()).includes("npm")
      ? { verdict: "wrong", about, found: "not those that deno.lock names", todo: SET_UP }
      : { verdict: "right", about, found: "those that deno.lock names" },
  ];
}

/** The Python environment, and the room on the disk. */
export async function pythonFindings(): Promise<Finding[]> {
  const about = "Python";
  if (!await exists(paths.python)) {
    return [{ verdict: "wrong", about, found: "no environment in .polytask", todo: SET_UP }];
  }
  const { success, out, error } = await output(paths.python, [
    "-I",
    "-B",
    `${paths.root}/tools/doctor/environment.py`,
    `${paths.root}/tools/requirements.txt`,
  ]);
  const again = "remove .polytask/python and run deno task setup";
  if (!success) return [{ verdict: "wrong", about, found: error, todo: again }];
  const { python, shown, different, freeBytes }: {
    python: string;
    shown: Record<string, string>;
    different: string[];
    freeBytes: number;
  } = JSON.parse(out);
  const versions = Object.entries(shown).map(([name, version]) => `${name} ${version}`).join(", ");
  const free = `${(freeBytes / 1e9).toFixed(1)} GB free`;
  return [
    different.length === 0
      ? { verdict: "right", about, found: `${python}: ${versions}` }
      : { verdict: "wrong", about, found: different.join(", "), todo: again },
    freeBytes >= SETUP_BYTES ? { verdict: "right", about: "disk", found: free } : {
      verdict: "note",
      about: "disk",
      found: free,
      todo: "set-up and data need up to 1 GB",
    },
  ];
}

/** Starts the kernel as a chapter does, and looks at what arrives. */
export async function kernelFindings(): Promise<Finding[]> {
  const about = "kernel";
  const lines = Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join("");
  const probes: { name: string; code: string; expected: string }[] = [
    {
      name: "output arrives",
      code: 'for (let line = 0; line < 20; line++) console.log("line " + line);',
      expected: lines,
    },
    { name: "NaN is shown", code: "NaN", expected: "NaN" },
    {
      name: "the library loads",
      code: 'const { version } = await import("polytask");\ntypeof version',
      expected: '"string"',
    },
  ];
  const folder = `${paths.made}/tmp/doctor-${crypto.randomUUID().slice(0, 8)}`;
  const notebook = `${folder}/probe.ipynb`;
  const executed = `${folder}/executed.ipynb`;
  try {
    await Deno.mkdir(folder, { recursive: true });
    const script = probes.map(({ code }) => `// %%\n${code}\n`).join("\n");
    await Deno.writeTextFile(notebook, notebookText(fromScript(script, "the doctor's probe")));
    await runNotebook({ notebook, executed, profile: "quick", cellSeconds: 120, quiet: true });
    const { cells } = parseNotebook(await Deno.readTextFile(executed), executed);
    return probes.map(({ name, expected }, index) => {
      const outputs = cells[index].outputs as { text?: string; data?: Record<string, string> }[];
      const shown = outputs.map(({ text, data }) => {
        const source = text ?? data?.["text/plain"] ?? "";
        return cellText({ ...cells[index], source });
      }).join("");
      return shown === expected ? { verdict: "right", about, found: name } : {
        verdict: "wrong",
        about,
        found: `${name}: not, it shows ${JSON.stringify(shown.slice(0, 80))}`,
        todo: `use Deno ${TESTED_DENO}: npx -y deno@${TESTED_DENO} task course`,
      };
    });
  } catch (error) {
    return [{ verdict: "wrong", about, found: (error as Error).message, todo: SET_UP }];
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

/** Every backend: whether it can be had, and how fast it multiplies. */
export async function backendFindings(): Promise<Finding[]> {
  const { success, out, error } = await output(paths.deno, [
    "run",
    "--no-prompt",
    "--allow-read",
    "--allow-env",
    "--allow-sys",
    "--allow-ffi",
    "tools/doctor/backends.ts",
  ]);
  if (!success) {
    return [{ verdict: "wrong", about: "backends", found: error, todo: "report this" }];
  }
  const probes: BackendProbe[] = JSON.parse(out.split("\n").at(-1)!);
  return probes.map(backendFinding);
}

function backendFinding(probe: BackendProbe): Finding {
  const { backend: about, available, why, how, chosen, threads, speed } = probe;
  if (!available) return { verdict: "note", about, found: why, todo: how };
  const parts = [why];
  if (threads) parts.push(`${threads} ${threads === 1 ? "thread" : "threads"}`);
  if (speed) parts.push(`${speed.gflops.toPrecision(3)} GFLOP/s`);
  if (chosen) parts.push("useBackend() takes it");
  return { verdict: "right", about, found: parts.join(", ") };
}

/**
 * The files of the course, each checked against the catalogue.
 * @param packages Whether the npm packages are there, some of which unpack files.
 */
export async function dataFindings(packages: boolean): Promise<Finding[]> {
  const about = "data";
  if (!packages) {
    return [{ verdict: "note", about, found: "cannot be checked without the npm packages" }];
  }
  try {
    const [{ verify }, { catalogFiles }] = await Promise.all([
      import("../data.ts"),
      import("../../lib/data/catalog.ts"),
    ]);
    const wrong: string[] = [];
    const { summary, code } = await verify(catalogFiles, {}, (line) => {
      if (line.startsWith("wrong")) wrong.push(line.replace(/^wrong\s+/, ""));
    });
    if (code !== 0) {
      const todo = "delete what is wrong, then run deno task data fetch SET";
      return [{ verdict: "wrong", about, found: `${summary}: ${wrong.join("; ")}`, todo }];
    }
    return [
      / 0 missing/.test(summary) ? { verdict: "right", about, found: summary } : {
        verdict: "note",
        about,
        found: summary,
        todo: "chapters fetch what they need; deno task data fetch SET does it before",
      },
    ];
  } catch (error) {
    return [{ verdict: "wrong", about, found: (error as Error).message, todo: "report this" }];
  }
}
