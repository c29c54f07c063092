import type { MadeConstants } from "./made_constants.ts";
import type { Operation, Program } from "./program.ts";
import type { Value } from "./trace.ts";

/** A program that multiplies where it divided by constants. */
export async function multiplyInstead(
  { operations, output }: Program,
  made: MadeConstants,
): Promise<Program> {
  const changed = operations.map(async (operation): Promise<Operation> => {
    const { a, b } = operation.inputs as Readonly<Record<string, Value>>;
    if (operation.kernel !== "RealDiv" || a.kind === "constant" || b.kind !== "constant") {
      return operation;
    }
    const divisors = await b.tensor.data<"float32">();
    if (b.tensor.dtype !== "float32" || !divisors.every(hasInverse)) return operation;
    const tensor = made.make(divisors.map((number) => 1 / number), b.tensor.shape);
    return { ...operation, kernel: "Multiply", inputs: { a, b: { kind: "constant", tensor } } };
  });
  return { operations: await Promise.all(changed), output };
}

/** Neither 0 nor so small or large that its inverse is less exact. */
const hasInverse = (number: number) => Math.abs(number) > 1e-30 && Math.abs(number) < 1e30;
