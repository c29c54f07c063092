import type { BenchModel } from "../training.ts";
import { cnn } from "./cnn.ts";
import { gpt } from "./gpt.ts";
import { lenet } from "./lenet.ts";
import { lstm } from "./lstm.ts";
import { mlp } from "./mlp.ts";
import { mmoe } from "./mmoe.ts";
import { separable } from "./separable.ts";

/** Every model that is timed. */
export const models: readonly BenchModel[] = [mlp, cnn, lenet, lstm, gpt, separable, mmoe];
