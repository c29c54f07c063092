/**
 * The layout of cells. `deno fmt --check` of Deno 2.8.1 calls every notebook with a language not
 * formatted, so notebooks are kept out of it and compared with what `deno fmt` makes of them.
 */
import { type Notebook, notebookText, parseNotebook, stripNotebook } from "./notebook_source.ts";
import { paths } from "./paths.ts";
import { UserError } from "./report.ts";

/** The notebook, stripped, with code and text formatted by `deno fmt`; `name` is for messages. */
export async function formatNotebook(notebook: Notebook, name: string): Promise<Notebook> {
  const child = new Deno.Command(paths.deno, {
    args: ["fmt", "--quiet", "--config", paths.configuration, "--ext", "ipynb", "-"],
    env: { RUST_BACKTRACE: "0", NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const text = notebookText(stripNotebook(notebook));
  const written = ReadableStream.from([new TextEncoder().encode(text)]).pipeTo(child.stdin);
  const [{ success, stdout, stderr }] = await Promise.all([child.output(), written]);
  if (!success) {
    const message = new TextDecoder().decode(stderr).trim();
    throw new UserError(`${name} cannot be formatted: ${message}`);
  }
  return stripNotebook(parseNotebook(new TextDecoder().decode(stdout), name));
}
