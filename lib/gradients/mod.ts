/** One forward pass, and as many backward passes over it as there are tasks. */
export type { DenseLayer } from "./_dense.ts";
export { keepGradients, KeptGradients } from "./kept_gradients.ts";
export { recordTape, type Tape } from "./tape.ts";
export {
  FLOAT32_EPSILON,
  jacobianRows,
  readGramian,
  readSymmetric,
  splitRow,
  type TaskGradients,
  taskGradients,
  weightRows,
} from "./task_gradients.ts";
