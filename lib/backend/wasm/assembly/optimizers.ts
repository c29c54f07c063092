import { bytes } from "./simd";

// One call changes all variables of a model, in place. The values of the variables are numbered one
// variable after the other; a call works on a range of them, so that threads can share the work.

/**
 * Numbers near zero count as zero: moments of weights that get no gradient any more would sink below
 * the normal numbers, where processors compute a hundred times slower. A step by such a gradient or
 * moment is far below the last digit of any weight.
 */
const LEAST_GRADIENT: f32 = 1e-18;
const LEAST_MOMENT: f32 = 1e-30;
const LEAST_SQUARE: f32 = 1e-36;

/** The values, with zeros where their size is below `least`. Not a number stays that. */
@inline
function flush(values: v128, least: f32): v128 {
  return v128.andnot(values, f32x4.lt(f32x4.abs(values), f32x4.splat(least)));
}

@inline
function flushOne(value: f32, least: f32): f32 {
  return abs<f32>(value) < least ? 0 : value;
}

/** One variable, as the caller lays it out in memory. */
@unmanaged
class Variable {
  count: i32;
  value: usize;
  gradient: usize;
  /** What the optimizer keeps for each value: moments or velocities; 0 where there is none. */
  first: usize;
  second: usize;
  /** For Adam with the correction of the first moment. */
  learningRate: f32;
  /** 1 / (1 - beta2^t). */
  secondCorrection: f32;
  /** 1 - learning rate * decay. */
  keep: f32;
}

/** Settings of an Adam step, as the caller lays them out in memory. */
@unmanaged
class Adam {
  beta1: f32;
  beta2: f32;
  /** 1 - beta1 and 1 - beta2, rounded once from double precision. */
  oneMinusBeta1: f32;
  oneMinusBeta2: f32;
  epsilon: f32;
}

/**
 * One step of Adam with decoupled weight decay (Kingma and Ba 2015; Loshchilov and Hutter 2019) for
 * the values [begin, end): m' = beta1 m + (1 - beta1) g, v' = beta2 v + (1 - beta2) g^2,
 * value' = keep value - learningRate m' / (sqrt(secondCorrection v') + epsilon).
 */
export function adam(variables: usize, begin: i32, end: i32, settings: usize): void {
  for (let first = 0; first < end;) {
    const variable = changetype<Variable>(variables);
    const from = max(begin - first, 0);
    const to = min(variable.count, end - first);
    if (from < to) adamValues(variable, from, to, changetype<Adam>(settings));
    first += variable.count;
    variables += offsetof<Variable>();
  }
}

function adamValues(variable: Variable, from: i32, to: i32, s: Adam): void {
  const value = variable.value;
  const gradient = variable.gradient;
  const m = variable.first;
  const v = variable.second;
  const learningRate = variable.learningRate;
  const correction = variable.secondCorrection;
  const keep = variable.keep;
  let index = from;
  for (; index + 4 <= to; index += 4) {
    const at = bytes(index);
    const g = flush(v128.load(gradient + at), LEAST_GRADIENT);
    const first = flush(
      f32x4.add(
        f32x4.mul(v128.load(m + at), f32x4.splat(s.beta1)),
        f32x4.mul(g, f32x4.splat(s.oneMinusBeta1)),
      ),
      LEAST_MOMENT,
    );
    const second = flush(
      f32x4.add(
        f32x4.mul(v128.load(v + at), f32x4.splat(s.beta2)),
        f32x4.mul(f32x4.mul(g, g), f32x4.splat(s.oneMinusBeta2)),
      ),
      LEAST_SQUARE,
    );
    const root = f32x4.sqrt(f32x4.mul(second, f32x4.splat(correction)));
    const step = f32x4.div(
      f32x4.mul(first, f32x4.splat(learningRate)),
      f32x4.add(root, f32x4.splat(s.epsilon)),
    );
    v128.store(m + at, first);
    v128.store(v + at, second);
    v128.store(
      value + at,
      f32x4.sub(f32x4.mul(v128.load(value + at), f32x4.splat(keep)), step),
    );
  }
  for (; index < to; index++) {
    const at = bytes(index);
    const g = flushOne(load<f32>(gradient + at), LEAST_GRADIENT);
    const first = flushOne(load<f32>(m + at) * s.beta1 + g * s.oneMinusBeta1, LEAST_MOMENT);
    const second = flushOne(load<f32>(v + at) * s.beta2 + g * g * s.oneMinusBeta2, LEAST_SQUARE);
    const step = first * learningRate / (sqrt<f32>(second * correction) + s.epsilon);
    store<f32>(m + at, first);
    store<f32>(v + at, second);
    store<f32>(value + at, load<f32>(value + at) * keep - step);
  }
}

/** Settings of a step with momentum, as the caller lays them out in memory. */
@unmanaged
class Momentum {
  momentum: f32;
  /** Not zero: look ahead. */
  nesterov: f32;
}

/**
 * One step of gradient descent with momentum for the values [begin, end): velocity' = momentum
 * velocity + g, value' = keep value - learningRate velocity', or with Nesterov's look ahead value' =
 * keep value - learningRate (g + momentum velocity'). A variable without a velocity has the
 * momentum 0.
 */
export function momentumStep(variables: usize, begin: i32, end: i32, settings: usize): void {
  for (let first = 0; first < end;) {
    const variable = changetype<Variable>(variables);
    const from = max(begin - first, 0);
    const to = min(variable.count, end - first);
    if (from < to) {
      if (variable.first) momentumValues(variable, from, to, changetype<Momentum>(settings));
      else descend(variable, from, to);
    }
    first += variable.count;
    variables += offsetof<Variable>();
  }
}

function momentumValues(variable: Variable, from: i32, to: i32, s: Momentum): void {
  const value = variable.value;
  const gradient = variable.gradient;
  const velocity = variable.first;
  const learningRate = variable.learningRate;
  const momentum = s.momentum;
  const keep = variable.keep;
  const nesterov = s.nesterov != 0;
  const rates = f32x4.splat(learningRate);
  const momenta = f32x4.splat(momentum);
  const keeps = f32x4.splat(keep);
  let index = from;
  for (; index + 4 <= to; index += 4) {
    const at = bytes(index);
    const g = v128.load(gradient + at);
    const next = flush(f32x4.add(f32x4.mul(v128.load(velocity + at), momenta), g), LEAST_MOMENT);
    const direction = nesterov ? f32x4.add(f32x4.mul(next, momenta), g) : next;
    v128.store(velocity + at, next);
    v128.store(
      value + at,
      f32x4.sub(f32x4.mul(v128.load(value + at), keeps), f32x4.mul(direction, rates)),
    );
  }
  for (; index < to; index++) {
    const at = bytes(index);
    const g = load<f32>(gradient + at);
    const next = flushOne(load<f32>(velocity + at) * momentum + g, LEAST_MOMENT);
    const direction = nesterov ? next * momentum + g : next;
    store<f32>(velocity + at, next);
    store<f32>(value + at, load<f32>(value + at) * keep - direction * learningRate);
  }
}

function descend(variable: Variable, from: i32, to: i32): void {
  const value = variable.value;
  const gradient = variable.gradient;
  const learningRate = variable.learningRate;
  const keep = variable.keep;
  const rates = f32x4.splat(learningRate);
  const keeps = f32x4.splat(keep);
  let index = from;
  for (; index + 4 <= to; index += 4) {
    const at = bytes(index);
    const step = f32x4.mul(v128.load(gradient + at), rates);
    v128.store(value + at, f32x4.sub(f32x4.mul(v128.load(value + at), keeps), step));
  }
  for (; index < to; index++) {
    const at = bytes(index);
    const step = load<f32>(gradient + at) * learningRate;
    store<f32>(value + at, load<f32>(value + at) * keep - step);
  }
}
