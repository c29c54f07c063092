import * as tf from "@tensorflow/tfjs";

/** One recorded operation of TensorFlow.js. */
export interface TapeNode {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  /** Tensors that the derivative needs; the tape owns them. */
  readonly saved?: readonly tf.Tensor[];
  /** Derivatives with respect to the inputs, each computed when called. */
  readonly gradient?: (
    upstream: readonly (tf.Tensor | null)[],
  ) => Readonly<Record<string, () => tf.Tensor>>;
}

/** The part of the engine that records; TypeScript knows it as private, at run time it is there. */
interface RecordingEngine {
  readonly state: { activeTape: TapeNode[] | null; readonly gradientDepth: number };
  startTape(): void;
  endTape(): void;
}

/**
 * Runs `forward` while the engine records, and returns its result with the recording. Tensors made
 * on the way that are not part of the result are disposed, as by `tf.tidy`; what the derivatives
 * need stays alive until the caller disposes the nodes' `saved` tensors.
 */
export function record<Result extends tf.TensorContainer>(
  forward: () => Result,
): { result: Result; nodes: TapeNode[] } {
  const engine = tf.engine() as unknown as RecordingEngine;
  if (engine.state.gradientDepth > 0) {
    throw new Error("A tape cannot be recorded inside tf.grad, tf.variableGrads or another tape.");
  }
  engine.startTape();
  const nodes = engine.state.activeTape!;
  try {
    const result = tf.tidy(forward);
    return { result, nodes };
  } catch (error) {
    disposeSaved(nodes);
    throw error;
  } finally {
    engine.endTape();
    engine.state.activeTape = null;
  }
}

/** Frees what the recording kept alive. */
export function disposeSaved(nodes: readonly TapeNode[]): void {
  for (const node of nodes) for (const tensor of node.saved ?? []) tensor.dispose();
}

/**
 * The operations that the tensors of `result` come from. What is left out are copies that the engine
 * makes for derivatives: they are recorded too, and nothing follows from them.
 */
export function ancestorsOf(
  result: tf.TensorContainer,
  nodes: readonly TapeNode[],
): readonly TapeNode[] {
  const needed = new Set(tensorsIn(result).map(({ id }) => id));
  const kept = nodes.toReversed().filter(({ outputs, inputs }) => {
    if (!outputs.some(({ id }) => needed.has(id))) return false;
    for (const { id } of Object.values(inputs)) needed.add(id);
    return true;
  });
  return kept.reverse();
}

function tensorsIn(container: tf.TensorContainer): tf.Tensor[] {
  if (container instanceof tf.Tensor) return [container];
  if (typeof container !== "object" || container === null) return [];
  return Object.values(container).flatMap((part) => tensorsIn(part as tf.TensorContainer));
}
