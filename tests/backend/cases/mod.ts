import type { OperationCase } from "../_finite_differences.ts";
import { convolutions } from "./convolutions.ts";
import { pooling } from "./pooling.ts";
import { products } from "./products.ts";

/** Every operation that is checked on every backend. */
export const operations: readonly OperationCase[] = [...products, ...convolutions, ...pooling];
