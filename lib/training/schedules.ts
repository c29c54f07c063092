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
  readonly name: string;
  readonly configuration: Readonly<Record<string, unknown>>;
  /** The factor for the next step, 0 or more. */
  factor(position: SchedulePosition): number;
}

/** Always 1. */
export function constant(): Schedule {
  return { name: "constant", configuration: {}, factor: () => 1 };
}

/** Times `factor` after every `epochs` epochs. */
export function stepDecay(
  options: { readonly epochs: number; readonly factor: number },
): Schedule {
  const { epochs, factor } = options;
  return {
    name: "step decay",
    configuration: { epochs, factor },
    factor: ({ epoch }) => factor ** Math.floor(epoch / epochs),
  };
}

/** Times `factor` after every epoch. */
export function exponentialDecay(options: { readonly factor: number }): Schedule {
  const { factor } = options;
  return {
    name: "exponential decay",
    configuration: { factor },
    factor: ({ epoch }) => factor ** epoch,
  };
}

/** From 1 to `floor` along half a cosine over the whole run (Loshchilov and Hutter 2017). */
export function cosine(options: { readonly floor?: number } = {}): Schedule {
  const { floor = 0 } = options;
  return {
    name: "cosine",
    configuration: { floor },
    factor: ({ step, totalSteps }) =>
      floor + (1 - floor) * (1 + Math.cos(Math.PI * Math.min(1, step / totalSteps))) / 2,
  };
}

/** From near 0 to 1 in a straight line over the first `steps` updates, then another schedule. */
export function warmUp(
  options: { readonly steps: number; readonly then?: Schedule },
): Schedule {
  const { steps, then = constant() } = options;
  return {
    name: "warm-up",
    configuration: { steps, then: { name: then.name, ...then.configuration } },
    factor: (position) => Math.min(1, (position.step + 1) / steps) * then.factor(position),
  };
}
