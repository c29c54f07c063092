import type * as tf from "@tensorflow/tfjs";

/** What a balancer says it did in one step; kept in the history. */
export interface BalancerReport {
  /** Weight that each task present in the batch got, in the order of the tasks. */
  readonly weights?: readonly number[];
  /** Anything that a reader must know: not converged, stationary, clipped. */
  readonly notes?: readonly string[];
}

/** Numbers (and nested lists of them) that restore a balancer exactly. */
export type BalancerState = Readonly<Record<string, unknown>>;

/** What a balancer may look at besides the gradients. */
export interface BalancerContext {
  /** Mean losses of the tasks present in the batch. */
  readonly losses?: readonly number[];
  /**
   * Relative rounding error of the Gramian's entries: 2^-52 by default, about 1.2e-7 when the
   * gradients were multiplied in float32. Methods use it to tell a rank.
   */
  readonly epsilon?: number;
  /** Lengths of the consecutive groups of columns (one a variable) that make up a whole gradient. */
  readonly groups?: readonly number[];
  /**
   * The numbers of the representation, as many as a gradient has columns, where its gradients are
   * compared: one example after the other.
   */
  readonly activations?: ArrayLike<number>;
  /** Number of examples in `activations`. */
  readonly examples?: number;
}

/**
 * Which gradients are compared: those of all shared variables, of the variables of the last shared
 * layer, or of the representation that the heads read. The last two cost only the way back through
 * the heads, for each task, and one pass through the shared part.
 */
export type GradientSource = "shared" | "last layer" | "representation";

/** What balancers of all three families have. */
export interface BalancerCommon {
  /** Name of the method. */
  readonly name: string;
  /** Settings that make this balancer again, for the run record. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Everything that changes from step to step, as JSON. */
  state?(): BalancerState;
  /** Goes on from what `state` gave. */
  restore?(state: BalancerState): void;
  /** Called before the first step, with all task names in the order of the model. */
  reset?(tasks: readonly string[]): void;
  /** Called after each epoch with the mean training loss of every task. */
  epochEnd?(meanLosses: readonly number[]): void;
  /** What the last step did. */
  report?(): BalancerReport;
  /**
   * Gramian and Jacobian methods: factors for the gradients of the tasks' own variables, for the
   * tasks present in the last step. Without it each is 1: the choice between tasks is made in the
   * shared variables only.
   */
  headWeights?(): readonly number[] | undefined;
  /**
   * Called, where it exists, after the optimizer's step with the losses of the same batch at the
   * new parameters. Costs one more forward pass.
   */
  afterStep?(losses: readonly number[], present: readonly number[]): void;
}

/** What a balancer may try out before a step; see {@linkcode LossBalancer.lookAhead}. */
export interface Probe {
  /** Positions of the tasks present. */
  readonly present: readonly number[];
  /** The variables that are trained. They must be left as they were found. */
  readonly variables: readonly tf.Variable[];
  /**
   * The mean losses of the tasks present at the variables' present values: on the rows to train on,
   * or on others that are held out of them.
   */
  losses(rows: "train" | "held out"): readonly tf.Scalar[];
}

/** Looks at the losses only: turns them into the one scalar that is differentiated. */
export interface LossBalancer extends BalancerCommon {
  /** Tells that it looks at losses. */
  readonly family: "losses";
  /**
   * The scalar to minimise. `losses` are the mean losses of the tasks present in this batch,
   * `present` their positions in the list given to `reset`. Runs inside the gradient tape.
   */
  combine(losses: readonly tf.Scalar[], present: readonly number[]): tf.Scalar;
  /**
   * Called once a step, after `combine`, with the values of the losses: the place to learn from
   * them and to refuse those that the method cannot take. Weights of this step are in `report`
   * afterwards; what was learned counts from the next step on.
   */
  observe?(losses: readonly number[], present: readonly number[]): void;
  /** Called, where it exists, before every step; may run the model several times. */
  lookAhead?(probe: Probe): Promise<void>;
}

/** Looks at the K x K Gramian of the task gradients: returns one weight for each task. */
export interface GramianBalancer extends BalancerCommon {
  /** Tells that it looks at the Gramian. */
  readonly family: "gramian";
  /**
   * The weight of each task present, `[present]`, from the Gramian `[present, present]` of their
   * gradients. `present` are their positions in the list given to `reset`; default: all, in order.
   */
  weights(
    gramian: readonly (readonly number[])[],
    present?: readonly number[],
    context?: BalancerContext,
  ): number[];
  /**
   * Takes `J1 J2'`, the inner products of gradients from two independent samples, in the place of a
   * Gramian, and trains on a third: training gives it parts of the batch. Such a matrix need not be
   * symmetric.
   */
  readonly independent?: boolean;
  /** Which gradients the Gramian is made of; default `"shared"`. */
  readonly on?: GradientSource;
  /**
   * Asked once at the start of every step: the weights to use again when this step needs no new
   * Gramian (methods made with `every`), else `undefined`.
   */
  held?(present: readonly number[]): number[] | undefined;
}

/** Looks at whole task gradients (rows): returns the update direction. */
export interface JacobianBalancer extends BalancerCommon {
  /** Tells that it looks at whole gradients. */
  readonly family: "jacobian";
  /** Which gradients the rows are; default `"shared"`. */
  readonly on?: "shared" | "representation";
  /**
   * The update `[columns]` from the gradients of the tasks present, `[present, columns]`. `present`
   * are their positions in the list given to `reset`; default: all, in order.
   */
  combine(
    jacobian: readonly ArrayLike<number>[],
    present?: readonly number[],
    context?: BalancerContext,
  ): number[];
}

/** How several losses become one update. The three families differ in what they look at. */
export type Balancer = LossBalancer | GramianBalancer | JacobianBalancer;
