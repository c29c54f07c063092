/**
 * One task of a model by itself: cut down, run, exported.
 * @module
 */
export { forTask, type ForTaskOptions } from "./for_task.ts";
export { TaskNetwork } from "./network.ts";
