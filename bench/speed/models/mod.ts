import type { BenchModel } from "../training.ts";
import { cnn } from "./cnn.ts";
import { lenet } from "./lenet.ts";
import { mlp } from "./mlp.ts";

/** Every model that is timed. */
export const models: readonly BenchModel[] = [lenet, mlp, cnn];
