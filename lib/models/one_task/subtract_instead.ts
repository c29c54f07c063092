import type { MadeConstants } from "./made_constants.ts";
import type { Program } from "./program.ts";
import { countReaders, nameOf, withInputs } from "./rewrite.ts";
import type { Value } from "./trace.ts";

/**
 * A program that subtracts where it added what has only factors below 0: a factor above 0 can go into
 * the layer before a ReLU.
 */
export async function subtractInstead(
  { operations, output }: Program,
  made: MadeConstants,
): Promise<Program> {
  const readers = countReaders({ operations, output });
  /** By operation: the multiplications whose factors turn the sign of all that it gives. */
  const below = new Map<number, readonly number[]>();
  const turned = new Set<number>();
  const changed = [...operations];
  const multiplicationsOf = (value: Value) =>
    value.kind === "result" && readers.get(nameOf(value)) === 1
      ? below.get(value.operation)
      : undefined;
  for (const [at, operation] of operations.entries()) {
    const { a, b } = operation.inputs as Readonly<Record<string, Value>>;
    if (operation.kernel === "Multiply") {
      const constant = [a, b].find(({ kind }) => kind === "constant");
      if (constant?.kind !== "constant" || constant.tensor.dtype !== "float32") continue;
      const factors = await constant.tensor.data<"float32">();
      if (factors.every((factor) => factor < 0)) below.set(at, [at]);
    } else if (operation.kernel === "Add") {
      const [first, second] = [multiplicationsOf(a), multiplicationsOf(b)];
      if (first && second) below.set(at, [...first, ...second]);
      else if (first || second) {
        (first ?? second)!.forEach((each) => turned.add(each));
        changed[at] = { ...operation, kernel: "Sub", inputs: second ? { a, b } : { a: b, b: a } };
      }
    }
  }
  for (const at of turned) {
    const opposites = new Map<Value, Value>();
    for (const value of Object.values<Value>(operations[at].inputs)) {
      if (value.kind !== "constant") continue;
      const factors = await value.tensor.data<"float32">();
      const tensor = made.make(factors.map((factor) => -factor), value.tensor.shape);
      opposites.set(value, { kind: "constant", tensor });
    }
    changed[at] = withInputs(changed[at], (value) => opposites.get(value) ?? value);
  }
  return { operations: changed, output };
}
