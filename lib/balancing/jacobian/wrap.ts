import { gramianOf, weightedSum } from "../../math/matrix.ts";
import type { GramianBalancer, JacobianBalancer } from "../balancer.ts";

/**
 * A Gramian method as a Jacobian method: the weighted sum of the rows with the weights that the
 * method finds for their Gramian. State, reports and configuration are those of the method.
 *
 * ```ts
 * import { asJacobianMethod, mgda } from "polytask";
 * const update = asJacobianMethod(mgda()).combine([[-4, 1, 1], [6, 1, 1]]); // 0, 1, 1
 * if (Math.abs(update[1] - 1) > 1e-12) throw new Error("not the shortest combination");
 * ```
 */
export function asJacobianMethod(method: GramianBalancer): JacobianBalancer {
  return {
    family: "jacobian",
    name: method.name,
    configuration: method.configuration,
    combine(jacobian, present, context) {
      return weightedSum(jacobian, method.weights(gramianOf(jacobian), present, context));
    },
    headWeights: () => method.headWeights?.(),
    report: () => method.report?.() ?? {},
    reset: (tasks) => method.reset?.(tasks),
    state: () => method.state?.() ?? {},
    restore: (state) => method.restore?.(state),
  };
}
