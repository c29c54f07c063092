import type { OperationCase } from "../_finite_differences.ts";
import { convolutions } from "./convolutions.ts";
import { elementwise } from "./elementwise.ts";
import { losses } from "./losses.ts";
import { networks } from "./networks.ts";
import { pooling } from "./pooling.ts";
import { products } from "./products.ts";
import { reduction } from "./reductions.ts";
import { shapes } from "./shapes.ts";

/** Every operation that is checked on every backend. */
export const operations: readonly OperationCase[] = [
  ...products,
  ...convolutions,
  ...pooling,
  ...elementwise,
  ...reduction,
  ...losses,
  ...shapes,
  ...networks,
];
