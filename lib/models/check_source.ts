import type { BatchSource } from "../data/dataset.ts";

/**
 * Refuses what is no source of batches, such as all parts of a split at once.
 * @param what The argument, for the message: `The training data`.
 * @throws {TypeError} Says what it is, and what to give.
 */
export function checkSource(what: string, example: string, data: BatchSource): void {
  if (typeof data?.batches === "function") return;
  const parts = typeof data === "object" && data !== null
    ? Object.entries(data).filter(([, part]) => typeof part?.batches === "function")
    : [];
  if (parts.length > 0) {
    const names = parts.map(([name]) => name);
    const [name] = names.includes(example) ? [example] : names;
    throw new TypeError(
      `${what} are the parts ${names.join(", ")} together; give one of them, as in parts.${name}.`,
    );
  }
  throw new TypeError(
    `${what} must be a data set, such as one made by MultiTaskDataset.from, but are ${
      data === undefined ? "missing" : typeof data
    }.`,
  );
}
