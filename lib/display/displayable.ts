/** The method by which a value shows itself in the Deno Jupyter kernel. */
export const displaySymbol: unique symbol = Symbol.for("Jupyter.display") as never;

/** MIME type under which VS Code, JupyterLab and the exported pages find a Plotly figure. */
export const plotlyMimeType = "application/vnd.plotly.v1+json";

/** A chart as plotly.js takes it, as plain JSON. */
export interface PlotlyFigure {
  /** Traces. */
  readonly data: readonly Readonly<Record<string, unknown>>[];
  /** Axes, titles, margins. */
  readonly layout: Readonly<Record<string, unknown>>;
  /** Buttons and behaviour. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** The same thing in several forms; a notebook shows the richest that it knows. */
export interface MimeBundle {
  /** For terminals, screen readers and search: the key numbers in words. */
  readonly "text/plain": string;
  /** HTML that needs nothing else. */
  readonly "text/html"?: string;
  /** A chart that Plotly draws. */
  readonly [plotlyMimeType]?: PlotlyFigure;
}

/** A value that shows itself in a notebook. */
export interface Displayable {
  /** What a notebook shows for this value. */
  [displaySymbol](): MimeBundle | Promise<MimeBundle>;
}

/** Whether a value has a display of its own. */
export function isDisplayable(value: unknown): value is Displayable {
  return value !== null && (typeof value === "object" || typeof value === "function") &&
    typeof (value as Partial<Displayable>)[displaySymbol] === "function";
}

/**
 * Something that shows itself: in a notebook by its MIME bundle, in a terminal (`console.log`,
 * template strings) by the text of that bundle.
 */
export abstract class DisplayObject implements Displayable {
  /** The forms of this object; the same on every call. */
  abstract bundle(): MimeBundle;

  /** Called by the notebook kernel for the last value of a cell. */
  [displaySymbol](): MimeBundle {
    return this.bundle();
  }

  /** The text form. */
  toString(): string {
    return this.bundle()["text/plain"];
  }

  /** Called by `console.log` in Deno. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  /** Called by `console.log` in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
