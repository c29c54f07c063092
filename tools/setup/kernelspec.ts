/** The Jupyter kernelspec that points to the checkout's own Deno. */
import { writeAtomically } from "../files.ts";
import { KERNELSPEC } from "../notebook_source.ts";
import { paths } from "../paths.ts";

/**
 * Writes `kernel.json` where JUPYTER_PATH leads to it, and into the Python environment, where
 * VS Code looks once that environment is chosen. The user's own Jupyter folders stay as they are.
 */
export async function writeKernelspec(): Promise<void> {
  const text = JSON.stringify(
    {
      argv: [paths.deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
      display_name: KERNELSPEC.display_name,
      language: KERNELSPEC.language,
      env: { NO_COLOR: "1" },
    },
    null,
    2,
  ) + "\n";
  for (const folder of [paths.jupyter, `${paths.pythonEnvironment}/share/jupyter`]) {
    await writeAtomically(`${folder}/kernels/${KERNELSPEC.name}/kernel.json`, text);
  }
}
