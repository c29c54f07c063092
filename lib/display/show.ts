import { displaySymbol, isDisplayable, type MimeBundle } from "./displayable.ts";
import { kernelDisplay } from "./_kernel.ts";

/** A value's own bundle; for others what the console would write. */
async function bundleOf(value: unknown): Promise<MimeBundle> {
  if (isDisplayable(value)) return await value[displaySymbol]();
  return { "text/plain": typeof value === "string" ? value : String(value) };
}

/**
 * Shows a value in the middle of a cell; in a terminal, writes its text. Everything that shows
 * itself at the end of a cell can be shown: charts, tables, diagrams, tensors, models, histories.
 */
export async function show(...values: unknown[]): Promise<void> {
  const kernel = kernelDisplay();
  for (const value of values) {
    const bundle = await bundleOf(value);
    if (kernel) await kernel.display(bundle);
    else console.log(bundle["text/plain"]);
  }
}

/** HTML of one's own, with the text that stands for it where HTML is not shown. */
export function html(markup: string, text: string): { [displaySymbol](): MimeBundle } {
  return { [displaySymbol]: () => ({ "text/html": markup, "text/plain": text }) };
}
