/**
 * `deno task lab [ARGUMENTS]`: JupyterLab on the course, with polytask's kernel. Arguments go to
 * JupyterLab (`--no-browser`, `--port=8889`, ...).
 *
 * @module
 */
import { KERNELSPEC } from "./notebook_source.ts";
import { jupyterEnvironment, paths } from "./paths.ts";
import { fail } from "./report.ts";
import { setUp } from "./setup/mod.ts";

async function main(args: readonly string[]): Promise<number> {
  await setUp();
  const server = new Deno.Command(paths.python, {
    args: [
      "-I",
      "-m",
      "jupyterlab",
      `--ServerApp.root_dir=${paths.notebooks}`,
      `--MultiKernelManager.default_kernel_name=${KERNELSPEC.name}`,
      "--LabApp.extension_manager=readonly",
      // Jupyter refuses to serve as root unless told; in a container there is no one else.
      ...(Deno.build.os !== "windows" && Deno.uid() === 0 ? ["--allow-root"] : []),
      ...args,
    ],
    cwd: paths.root,
    env: jupyterEnvironment(),
  }).spawn();
  // Ctrl-C reaches JupyterLab itself, which asks before it ends; this process waits for it.
  Deno.addSignalListener("SIGINT", () => {});
  if (Deno.build.os !== "windows") {
    for (const signal of ["SIGTERM", "SIGHUP"] as const) {
      Deno.addSignalListener(signal, () => server.kill("SIGTERM"));
    }
  }
  return (await server.status).code;
}

if (import.meta.main) Deno.exit(await main(Deno.args).catch(fail));
