/** Where the tools find and put things; all paths are absolute and inside the checkout. */
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");
const made = `${root}/.polytask`;
const windows = Deno.build.os === "windows";

/** Folders and files of the checkout; everything under `made` is made by set-up and git-ignored. */
export const paths = {
  root,
  configuration: `${root}/deno.json`,
  notebooks: `${root}/notebooks`,
  site: `${root}/site`,
  made,
  /** The lasting copy of the Deno that ran set-up. */
  deno: `${made}/bin/deno${windows ? ".exe" : ""}`,
  python: windows ? `${made}/python/Scripts/python.exe` : `${made}/python/bin/python`,
  pythonEnvironment: `${made}/python`,
  jupyter: `${made}/jupyter`,
  executed: `${made}/executed`,
  scripts: `${made}/scripts`,
  extracted: `${made}/check`,
  setup: `${made}/setup`,
} as const;

/**
 * The environment in which Jupyter finds polytask's kernel and leaves the user's own Jupyter
 * folders alone.
 */
export function jupyterEnvironment(): Record<string, string> {
  return {
    JUPYTER_PATH: paths.jupyter,
    JUPYTER_CONFIG_DIR: `${paths.jupyter}/config`,
    JUPYTER_DATA_DIR: `${paths.jupyter}/data`,
    JUPYTER_RUNTIME_DIR: `${paths.jupyter}/runtime`,
    JUPYTER_PLATFORM_DIRS: "1",
    JUPYTER_NO_CONFIG: "1",
    IPYTHONDIR: `${paths.jupyter}/ipython`,
    PYTHONDONTWRITEBYTECODE: "1",
    PYDEVD_DISABLE_FILE_VALIDATION: "1",
    RUST_BACKTRACE: "0",
  };
}
