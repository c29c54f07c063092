/**
 * Models as graphs of parts: what every architecture is built from.
 * @module
 */
export { graphArchitecture, type GraphArchitectureRecipe } from "./architecture.ts";
export { GraphBuilder, type GraphNode, type PartPlace, type PartRecipe } from "./builder.ts";
export { GraphPass, passesOf } from "./forward.ts";
export type {
  GraphPart,
  GraphSource,
  Mixing,
  ModelGraph,
  Penalty,
  PenaltyContext,
} from "./part.ts";
export { reachOf, readableInputs } from "./reach.ts";
export { fromSaved, type Reads, type Trunk, trunkOf, type TrunkOptions } from "./trunk.ts";
