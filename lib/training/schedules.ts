/** Where training stands. */
export interface SchedulePosition {
  /** Updates made so far, from 0. */
  readonly step: number;
  /** Updates that the whole run will make. */
  readonly totalSteps: number;
  /** Epoch, from 0. */
  readonly epoch: number;
}

/** A learning-rate schedule: a factor on the optimizer's learning rate. */
export interface Schedule {
  /** What the schedule is called in the record of a run. */
  readonly name: string;
  /** Its settings, for that record. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** The factor for the next step, 0 or more. */
  factor(position: SchedulePosition): number;
}

/** Always 1. */
export function constant(): Schedule {
  return { name: "constant", configuration: {}, factor: () => 1 };
}

/** Times `factor` (above 0) after every `epochs` epochs (from 1). */
export function stepDecay(
  options: { readonly epochs: number; readonly factor: number },
): Schedule {
  const { epochs, factor } = options;
  checkSetting("stepDecay", "epochs", epochs, Number.isInteger(epochs) && epochs >= 1);
  checkSetting("stepDecay", "factor", factor, factor > 0 && factor < Infinity);
  return {
    name: "step decay",
    configuration: { epochs, factor },
    factor: ({ epoch }) => factor ** Math.floor(epoch / epochs),
  };
}

/** Times `factor` (above 0) after every epoch. */
export function exponentialDecay(options: { readonly factor: number }): Schedule {
  const { factor } = options;
  checkSetting("exponentialDecay", "factor", factor, factor > 0 && factor < Infinity);
  return {
    name: "exponential decay",
    configuration: { factor },
    factor: ({ epoch }) => factor ** epoch,
  };
}

/** From 1 to `floor` (in [0, 1], default 0) along half a cosine over the whole run (Loshchilov and Hutter 2017). */
export function cosine(options: { readonly floor?: number } = {}): Schedule {
  const { floor = 0 } = options;
  checkSetting("cosine", "floor", floor, floor >= 0 && floor <= 1);
  return {
    name: "cosine",
    configuration: { floor },
    factor: ({ step, totalSteps }) =>
      floor + (1 - floor) * (1 + Math.cos(Math.PI * Math.min(1, step / totalSteps))) / 2,
  };
}

/** From near 0 to 1 in a straight line over the first `steps` updates (from 1), then another schedule. */
export function warmUp(
  options: { readonly steps: number; readonly then?: Schedule },
): Schedule {
  const { steps, then = constant() } = options;
  checkSetting("warmUp", "steps", steps, Number.isInteger(steps) && steps >= 1);
  return {
    name: "warm-up",
    configuration: { steps, then: { name: then.name, ...then.configuration } },
    factor: (position) => Math.min(1, (position.step + 1) / steps) * then.factor(position),
  };
}

function checkSetting(schedule: string, name: string, value: number, right: boolean): void {
  if (!right) throw new RangeError(`The ${name} of the schedule ${schedule} cannot be ${value}.`);
}
