import type { MimeBundle } from "./displayable.ts";

/** Sends outputs to the notebook from the middle of a cell. */
export interface KernelDisplay {
  /** Shows something new. */
  display(bundle: MimeBundle): Promise<void>;
  /** Shows something new under an id, or replaces what is shown under it. */
  displayInPlace(bundle: MimeBundle, id: string, update: boolean): Promise<void>;
}

/** The part of `Deno.jupyter` that is used here. */
interface DenoJupyter {
  broadcast(type: string, content: Record<string, unknown>): Promise<void>;
}

/** The kernel's display, or `undefined` outside a notebook. */
export function kernelDisplay(): KernelDisplay | undefined {
  let jupyter: DenoJupyter | undefined;
  try {
    // Reading this property throws outside the kernel.
    jupyter = (globalThis as { Deno?: { jupyter?: DenoJupyter } }).Deno?.jupyter;
  } catch {
    return undefined;
  }
  if (typeof jupyter?.broadcast !== "function") return undefined;
  const { broadcast } = jupyter;
  return {
    display: (bundle) => broadcast("display_data", { data: bundle, metadata: {}, transient: {} }),
    displayInPlace: (bundle, id, update) =>
      broadcast(update ? "update_display_data" : "display_data", {
        data: bundle,
        metadata: {},
        transient: { display_id: id },
      }),
  };
}
