/**
 * `deno task test [NAME ...]`: sets everything up and runs all suites, or those whose name contains
 * one of the words. The last line counts: `N passed, N failed`, and `, N skipped` where tests could
 * not run on this machine.
 *
 * A folder of tests may hold a `permissions.json` with the flags that its tests run under; all
 * others run under {@link DEFAULT_PERMISSIONS}.
 *
 * @module
 */
import { exists, filesUnder } from "./files.ts";
import { paths } from "./paths.ts";
import { duration, fail, UserError } from "./report.ts";
import { setUp } from "./setup/mod.ts";

/** Files are fetched from servers of the tests' own; processes are Denos that get killed. */
const DEFAULT_PERMISSIONS = [
  "--allow-read",
  "--allow-write=.polytask,data/cache",
  "--allow-env",
  "--allow-sys",
  "--allow-net=127.0.0.1,localhost",
  "--allow-run=.polytask/bin/deno,sh",
];

/** Something that is run as one process and counted. */
interface Suite {
  readonly name: string;
  /** Arguments for Deno. */
  readonly args: readonly string[];
  /** Whether nothing else may run beside it, because it is timed or drives a browser. */
  readonly alone?: boolean;
  /** Variables of its environment besides the ones that all suites have. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * For notebooks: their texts speak of the backend that every machine has, also where a faster one
 * is installed.
 */
const EMBEDDED = { POLYTASK_BACKEND: "wasm" };

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

async function testFolder(folder: string, name: string): Promise<Suite | undefined> {
  const files = await filesUnder(`${paths.root}/${folder}`);
  if (!files.some((file) => /_test\.tsx?$/.test(file))) return undefined;
  const own = `${paths.root}/${folder}/permissions.json`;
  const permissions: string[] = await exists(own)
    ? JSON.parse(await Deno.readTextFile(own))
    : DEFAULT_PERMISSIONS;
  return {
    name,
    // Types are checked once for everything, by the task "check".
    args: ["test", "--no-check", "--no-prompt", ...permissions, folder],
  };
}

/** All suites, quick ones first, in the order in which they are started. */
async function allSuites(): Promise<Suite[]> {
  const suites: (Suite | undefined)[] = [{ name: "check", args: ["task", "--quiet", "check"] }];
  const late = ["notebooks", "site"];
  const folders: string[] = [];
  const loose: string[] = [];
  for await (const entry of Deno.readDir(`${paths.root}/tests`)) {
    if (entry.isDirectory && !late.includes(entry.name)) folders.push(entry.name);
    if (entry.isFile && entry.name.endsWith("_test.ts")) loose.push(`tests/${entry.name}`);
  }
  for (const folder of folders.sort()) {
    suites.push(await testFolder(`tests/${folder}`, `tests of ${folder}`));
  }
  suites.push({
    name: "tests of the whole",
    args: ["test", "--no-check", "--no-prompt", ...DEFAULT_PERMISSIONS, ...loose.sort()],
  });
  suites.push({
    name: "examples in comments",
    // Tables are read by nodejs-polars, which is native code.
    args: [
      "test",
      "--doc",
      "--no-prompt",
      ...DEFAULT_PERMISSIONS,
      "--allow-ffi=node_modules",
      "lib",
    ],
  });
  if (await exists(`${paths.root}/tools/build_kernels.ts`)) {
    suites.push({ name: "kernels", args: ["task", "--quiet", "build:kernels", "--check"] });
  }
  suites.push({ name: "doctor", args: ["task", "--quiet", "doctor"] });
  const notebooks = await testFolder("tests/notebooks", "tests of notebooks");
  suites.push(notebooks && { ...notebooks, env: EMBEDDED });
  suites.push({
    name: "chapters",
    args: ["task", "--quiet", "course"],
    alone: true,
    env: EMBEDDED,
  });
  const site = await testFolder("tests/site", "tests of site");
  suites.push(site && { ...site, alone: true });
  return suites.filter((suite) => suite !== undefined);
}

/** What `deno test`, `task check` and `task course` say at their end, or the exit code. */
function count(output: string, success: boolean): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const tests = [...output.matchAll(
    /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/gm,
  )].at(-1);
  const checks = /^(\d+) (?:checks|chapters) passed, (\d+) failed$/m.exec(output);
  if (tests || checks) {
    const [, passed, failed, skipped = "0"] = (tests ?? checks)!;
    [counts.passed, counts.failed, counts.skipped] = [passed, failed, skipped].map(Number);
  } else if (success) counts.passed = 1;
  // A process may fail although its tests pass, or before it has any.
  if (!success && counts.failed === 0) counts.failed = 1;
  return counts;
}

async function run(suite: Suite, temporary: string): Promise<Counts> {
  const begin = performance.now();
  const { success, stdout, stderr } = await new Deno.Command(paths.deno, {
    args: [...suite.args],
    cwd: paths.root,
    env: {
      NO_COLOR: "1",
      RUST_BACKTRACE: "0",
      TMPDIR: temporary,
      POLYTASK_PROFILE: "quick",
      ...suite.env,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  const output = decoder.decode(stdout) + decoder.decode(stderr);
  const counts = count(output, success);
  const { passed, failed, skipped } = counts;
  const seconds = (performance.now() - begin) / 1000;
  const verdict = `${passed} passed${failed > 0 ? `, ${failed} FAILED` : ""}` +
    (skipped > 0 ? `, ${skipped} skipped` : "");
  console.log(`${suite.name.padEnd(24)} ${verdict} (${duration(seconds)})`);
  if (failed > 0) {
    console.log(`\n${output.trim().replace(/^/gm, "  ")}\n`);
  } else {
    for (const [, name] of output.matchAll(/^(.*) \.\.\. ignored/gm)) {
      console.log(`  skipped: ${name}`);
    }
  }
  return counts;
}

async function main(words: readonly string[]): Promise<void> {
  const begin = performance.now();
  await setUp();
  const suites = (await allSuites()).filter(({ name }) =>
    words.length === 0 || words.some((word) => name.includes(word))
  );
  if (suites.length === 0) throw new UserError(`No suite's name contains ${words.join(" or ")}.`);
  const temporary = `${paths.made}/tmp/${crypto.randomUUID().slice(0, 8)}`;
  await Deno.mkdir(temporary, { recursive: true });
  const total = { passed: 0, failed: 0, skipped: 0 };
  const add = ({ passed, failed, skipped }: Counts) => {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  };
  try {
    const together = suites.filter(({ alone }) => !alone);
    const lane = async () => {
      for (let suite = together.shift(); suite; suite = together.shift()) {
        add(await run(suite, temporary));
      }
    };
    await Promise.all(Array.from({ length: Math.min(2, navigator.hardwareConcurrency) }, lane));
    for (const suite of suites.filter(({ alone }) => alone)) add(await run(suite, temporary));
  } finally {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
  }
  console.log(`\nAll suites took ${duration((performance.now() - begin) / 1000)}.`);
  const { passed, failed, skipped } = total;
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  if (failed > 0) Deno.exit(1);
}

if (import.meta.main) await main(Deno.args).catch(fail);
