import { gramianOf, matrixTimesVector, norm, weightedSum } from "../../math/matrix.ts";
import { projectOntoSimplex } from "../../math/simplex_projection.ts";
import { softmax } from "../../math/softmax.ts";
import type { JacobianBalancer } from "../balancer.ts";
import { NO_LOSSES } from "../gramian/_gramian_method.ts";
import { jacobianMethod } from "./_jacobian_method.ts";
import { rowMemory, type SavedRows } from "./_row_memory.ts";

/** Settings of {@linkcode moco}. */
export interface MocoOptions {
  /** Step length of the gradient averages. Default 0.5. */
  readonly beta?: number;
  /** Step length of the weights. Default 0.1. */
  readonly gamma?: number;
  /** Both step lengths fall like `step^-decay`. Default 0.5. */
  readonly decay?: number;
  /** Pull of the weights towards equality. Default 0. */
  readonly rho?: number;
  /**
   * How weights get back onto the simplex after a step: by a softmax, as the authors' code does, or
   * to its nearest point, as the paper's algorithm says. Default `"softmax"`.
   */
  readonly onto?: "softmax" | "simplex";
}

/**
 * Multi-objective gradient correction (MoCo): moving averages of the task gradients, and weights
 * that follow their shortest combination slowly.
 *
 * `y_i <- y_i - beta_t (y_i - L_i g_i / |g_i|)`, `w <- softmax(w - gamma_t (Y Y' + rho) w)`, update
 * `Y' w`. Keeps one average a task, as long as the gradient. Called without losses it takes them as
 * 1, and the report says so.
 *
 * The softmax draws the weights towards 1/K in every step: without steps of the weights they are
 * equal. `onto: "simplex"` goes to the nearest point of the simplex, which leaves them where they are.
 *
 * Fernando et al., "Mitigating Gradient Bias in Multi-objective Learning", ICLR 2023.
 */
export function moco(options: MocoOptions = {}): JacobianBalancer {
  const { beta = 0.5, gamma = 0.1, decay = 0.5, rho = 0, onto = "softmax" } = options;
  const toSimplex = onto === "softmax" ? softmax : projectOntoSimplex;
  const averages = rowMemory();
  let weights: number[] = [];
  let step = 0;
  return jacobianMethod({
    name: "moco",
    configuration: { beta, gamma, decay, rho, onto },
    combine(jacobian, { present, tasks, losses }) {
      step++;
      const fading = step ** -decay;
      const rows = present.map((task, i) => {
        const row = averages.row(task, jacobian[i].length);
        const length = norm(jacobian[i]);
        const factor = length > 0 ? (losses?.[i] ?? 1) / length : 0;
        for (let column = 0; column < row.length; column++) {
          row[column] -= beta * fading * (row[column] - factor * jacobian[i][column]);
        }
        return row;
      });
      if (weights.length !== tasks) weights = new Array<number>(tasks).fill(1 / tasks);
      const sum = present.reduce((total, task) => total + weights[task], 0);
      const old = present.map((task) => sum > 0 ? weights[task] / sum : 1 / present.length);
      const slopes = matrixTimesVector(gramianOf(rows), old);
      const next = toSimplex(old.map((w, i) => w - gamma * fading * (slopes[i] + rho * w)));
      present.forEach((task, i) => weights[task] = next[i] * sum);
      return {
        update: weightedSum(rows, next),
        weights: next,
        notes: losses ? [] : [NO_LOSSES],
      };
    },
    state: () => ({ averages: averages.save(), weights: [...weights], step }),
    restore(state) {
      averages.load(state.averages as SavedRows);
      weights = [...state.weights as number[]];
      step = state.step as number;
    },
    reset() {
      averages.load([]);
      weights = [];
      step = 0;
    },
  });
}
