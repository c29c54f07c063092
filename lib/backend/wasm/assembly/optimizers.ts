import { bytes } from "./simd";

/** Settings of an Adam step, as the caller lays them out in memory. */
@unmanaged
class Adam {
  beta1: f32;
  beta2: f32;
  /** 1 - beta1 and 1 - beta2, rounded once from double precision. */
  oneMinusBeta1: f32;
  oneMinusBeta2: f32;
  /** Learning rate with the correction of the first moment. */
  learningRate: f32;
  /** 1 / (1 - beta2^t). */
  secondCorrection: f32;
  epsilon: f32;
  /** 1 - learning rate * decay. */
  keep: f32;
}

/**
 * One step of Adam with decoupled weight decay (Kingma and Ba 2015; Loshchilov and Hutter 2019):
 * m' = beta1 m + (1 - beta1) g, v' = beta2 v + (1 - beta2) g^2,
 * value' = keep value - learningRate m' / (sqrt(secondCorrection v') + epsilon).
 */
export function adam(
  value: usize,
  gradient: usize,
  m: usize,
  v: usize,
  newValue: usize,
  newM: usize,
  newV: usize,
  count: i32,
  settings: usize,
): void {
  const s = changetype<Adam>(settings);
  let index = 0;
  for (; index + 4 <= count; index += 4) {
    const at = bytes(index);
    const g = v128.load(gradient + at);
    const first = f32x4.add(
      f32x4.mul(v128.load(m + at), f32x4.splat(s.beta1)),
      f32x4.mul(g, f32x4.splat(s.oneMinusBeta1)),
    );
    const second = f32x4.add(
      f32x4.mul(v128.load(v + at), f32x4.splat(s.beta2)),
      f32x4.mul(f32x4.mul(g, g), f32x4.splat(s.oneMinusBeta2)),
    );
    const root = f32x4.sqrt(f32x4.mul(second, f32x4.splat(s.secondCorrection)));
    const step = f32x4.div(
      f32x4.mul(first, f32x4.splat(s.learningRate)),
      f32x4.add(root, f32x4.splat(s.epsilon)),
    );
    v128.store(newM + at, first);
    v128.store(newV + at, second);
    v128.store(
      newValue + at,
      f32x4.sub(f32x4.mul(v128.load(value + at), f32x4.splat(s.keep)), step),
    );
  }
  for (; index < count; index++) {
    const at = bytes(index);
    const g = load<f32>(gradient + at);
    const first = load<f32>(m + at) * s.beta1 + g * s.oneMinusBeta1;
    const second = load<f32>(v + at) * s.beta2 + g * g * s.oneMinusBeta2;
    const step = first * s.learningRate / (sqrt<f32>(second * s.secondCorrection) + s.epsilon);
    store<f32>(newM + at, first);
    store<f32>(newV + at, second);
    store<f32>(newValue + at, load<f32>(value + at) * s.keep - step);
  }
}

/** Settings of a step with momentum, as the caller lays them out in memory. */
@unmanaged
class Momentum {
  learningRate: f32;
  momentum: f32;
  /** 1 - learning rate * decay. */
  keep: f32;
  /** Not zero: look ahead. */
  nesterov: f32;
}

/**
 * One step of gradient descent with momentum: velocity' = momentum velocity + g,
 * value' = keep value - learningRate velocity', or with Nesterov's look ahead
 * value' = keep value - learningRate (g + momentum velocity').
 */
export function momentumStep(
  value: usize,
  gradient: usize,
  velocity: usize,
  newValue: usize,
  newVelocity: usize,
  count: i32,
  settings: usize,
): void {
  const s = changetype<Momentum>(settings);
  const learningRate = s.learningRate;
  const momentum = s.momentum;
  const keep = s.keep;
  const nesterov = s.nesterov != 0;
  const rates = f32x4.splat(learningRate);
  const momenta = f32x4.splat(momentum);
  const keeps = f32x4.splat(keep);
  let index = 0;
  for (; index + 4 <= count; index += 4) {
    const at = bytes(index);
    const g = v128.load(gradient + at);
    const next = f32x4.add(f32x4.mul(v128.load(velocity + at), momenta), g);
    const direction = nesterov ? f32x4.add(f32x4.mul(next, momenta), g) : next;
    v128.store(newVelocity + at, next);
    v128.store(
      newValue + at,
      f32x4.sub(f32x4.mul(v128.load(value + at), keeps), f32x4.mul(direction, rates)),
    );
  }
  for (; index < count; index++) {
    const at = bytes(index);
    const g = load<f32>(gradient + at);
    const next = load<f32>(velocity + at) * momentum + g;
    const direction = nesterov ? next * momentum + g : next;
    store<f32>(newVelocity + at, next);
    store<f32>(newValue + at, load<f32>(value + at) * keep - direction * learningRate);
  }
}
