/** Problems of two numbers and two losses, with known ends. */
export {
  descend,
  type DescendOptions,
  type Descent,
  type ToyPoint,
  type ToyProblem,
} from "./toy_problem.ts";
export { narrowValley } from "./narrow_valley.ts";
export { twoValleys } from "./two_valleys.ts";
