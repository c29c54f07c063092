import { gramianOf, weightedSum } from "../../math/matrix.ts";
import type { GramianBalancer, JacobianBalancer } from "../balancer.ts";

/**
 * A Gramian method as a Jacobian method: the weighted sum of the rows with the weights that the
 * method finds for their Gramian. State, reports and configuration are those of the method; with
 * `every` the weights are kept in between, though every step then needs the rows.
 *
 * ```ts
 * import { asJacobianMethod, mgda } from "polytask";
 * const update = asJacobianMethod(mgda()).combine([[-4, 1, 1], [6, 1, 1]]); // 0, 1, 1
 * if (Math.abs(update[1] - 1) > 1e-12) throw new Error("not the shortest combination");
 * ```
 * @throws {RangeError} When the method compares other gradients than whole ones, or those of several
 * samples.
 */
export function asJacobianMethod(method: GramianBalancer): JacobianBalancer {
  if (method.on && method.on !== "shared") {
    throw new RangeError(
      `asJacobianMethod gives whole gradients, but ${method.name} compares those of on: "${method.on}"; make it with on: "shared", or use it as it is.`,
    );
  }
  if (method.independent) {
    throw new RangeError(
      `asJacobianMethod gives the gradients of one sample, but ${method.name} takes several; make it with sampling: "one", or use it as it is.`,
    );
  }
  return {
    family: "jacobian",
    name: method.name,
    configuration: method.configuration,
    combine(jacobian, present, context) {
      const held = method.held?.(present ?? jacobian.map((_, index) => index));
      return weightedSum(jacobian, held ?? method.weights(gramianOf(jacobian), present, context));
    },
    headWeights: () => method.headWeights?.(),
    report: () => method.report?.() ?? {},
    reset: (tasks) => method.reset?.(tasks),
    state: () => method.state?.() ?? {},
    restore: (state) => method.restore?.(state),
  };
}
