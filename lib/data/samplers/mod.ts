/**
 * Samplers: which set of a joint data set gives the batch of a step.
 * @module
 */
export { fixed } from "./fixed.ts";
export { proportional } from "./proportional.ts";
export { roundRobin } from "./round_robin.ts";
export type { SampledEpoch, SampledSet, Sampler } from "./sampler.ts";
export { temperature, type TemperatureOptions } from "./temperature.ts";
