/**
 * `deno task doctor`: what is right on this machine, what is not, and what to do. Changes nothing,
 * and exits with 1 when something must be put right.
 *
 * @module
 */
import {
  backendFindings,
  dataFindings,
  denoFindings,
  kernelFindings,
  packageFindings,
  pythonFindings,
} from "./doctor/checks.ts";
import type { Finding } from "./doctor/finding.ts";
import { exists } from "./files.ts";
import { paths } from "./paths.ts";
import { fail, StatusLine } from "./report.ts";

function show({ verdict, about, found, todo }: Finding): void {
  console.log(`${verdict.padEnd(6)} ${about.padEnd(8)} ${found}`);
  if (todo) console.log(`${"".padEnd(15)} -> ${todo}`);
}

async function main(): Promise<void> {
  const packages = await exists(`${paths.root}/node_modules`);
  const ready = packages && await exists(paths.deno) && await exists(paths.python);
  const checks: [string, () => Promise<Finding[]>][] = [
    ["Deno", denoFindings],
    ["the npm packages", packageFindings],
    ["Python", pythonFindings],
    // Both run the checkout's own Deno and Python, and the library.
    ...(ready
      ? [["the kernel", kernelFindings], ["the backends", backendFindings]] as typeof checks
      : []),
    ["the data files", () => dataFindings(packages)],
  ];
  const all: Finding[] = [];
  const status = new StatusLine();
  for (const [what, check] of checks) {
    status.start(`Looking at ${what}`);
    const findings = await check();
    status.stop();
    findings.forEach(show);
    all.push(...findings);
  }
  const wrong = all.filter(({ verdict }) => verdict === "wrong").length;
  console.log(
    wrong === 0
      ? "\nEverything that is needed is right."
      : `\n${wrong} to put right, see "->" above.`,
  );
  if (wrong > 0) Deno.exit(1);
}

if (import.meta.main) await main().catch(fail);
