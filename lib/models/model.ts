import type * as tf from "@tensorflow/tfjs";
import type { BatchSource } from "../data/dataset.ts";
import type { Task, TaskName } from "../tasks/mod.ts";
import type {
  Architecture,
  BuiltArchitecture,
  ForwardResult,
  InputShapes,
} from "./architecture.ts";
import { evaluate, type EvaluateOptions, type Evaluation } from "./evaluate.ts";
import type { HasTargets } from "./has_targets.ts";
import type { ModelGraph } from "./graph/part.ts";
import type { ForwardContext } from "./layers/mod.ts";
import { type ModelStructure, parametersByOwner } from "./structure.ts";
import { type NamedVariable, VariableScope } from "./variable_scope.ts";

/** Raw outputs by task name, of all tasks or of those named. */
export type Outputs<
  Tasks extends readonly Task[],
  Name extends TaskName<Tasks> = TaskName<Tasks>,
> = { readonly [Each in Name]: tf.Tensor };

interface Built {
  readonly inputs: InputShapes;
  readonly seed: number | string;
  readonly architecture: BuiltArchitecture;
  readonly shared: VariableScope;
  readonly byTask: ReadonlyMap<string, VariableScope>;
}

/**
 * A network with one output for each task, which knows what its tasks share.
 *
 * Its variables are made by {@linkcode build}, or by `fit` from the shapes of the data. It owns
 * them until {@linkcode dispose}.
 */
export class MultiTaskModel<Tasks extends readonly Task[] = readonly Task[]> {
  /** What is shared, and how. */
  readonly architecture: Architecture;
  /** The tasks, in order. */
  readonly tasks: Tasks;
  readonly #seed: number | string | undefined;
  #built: Built | undefined;

  /**
   * A model without variables yet; see {@linkcode build}.
   * @param architecture What is shared, and how.
   * @param tasks At least one; names must differ, and none is `shared`.
   * @param seed Seed of the first weights. Default: the seed given to `fit`.
   */
  constructor(architecture: Architecture, tasks: Tasks, seed?: number | string) {
    if (tasks.length === 0) throw new RangeError("A model needs at least one task.");
    const names = tasks.map((task) => task.name);
    const twice = names.find((name, at) => names.indexOf(name) < at);
    if (twice !== undefined) {
      throw new RangeError(`Two tasks are called "${twice}"; name them apart.`);
    }
    if (names.includes("shared")) {
      throw new RangeError('"shared" names what tasks share; call the task otherwise.');
    }
    this.architecture = architecture;
    this.tasks = tasks;
    this.#seed = seed;
  }

  /** Names of the tasks, in order. */
  get taskNames(): Tasks[number]["name"][] {
    return this.tasks.map((task) => task.name);
  }

  /** Whether the variables exist. */
  get built(): boolean {
    return this.#built !== undefined;
  }

  /** Shapes of the inputs that the model was built for. */
  get inputShapes(): InputShapes {
    return this.#require().inputs;
  }

  /** The seed that the first weights were drawn with. */
  get seed(): number | string {
    return this.#require().seed;
  }

  /**
   * Makes the variables; does nothing when they exist for the same input shapes.
   * @throws {RangeError} When they exist for others, or the shapes do not fit the architecture.
   */
  build(options: { readonly inputs: InputShapes; readonly seed?: number | string }): this {
    const { inputs } = options;
    if (this.#built) {
      if (JSON.stringify(sorted(inputs)) !== JSON.stringify(sorted(this.#built.inputs))) {
        throw new RangeError(
          `The model was built for inputs ${showShapes(this.#built.inputs)}, but gets ${
            showShapes(inputs)
          }.`,
        );
      }
      return this;
    }
    const seed = this.#seed ?? options.seed ?? 0;
    const shared = new VariableScope("shared", seed);
    const byTask = new Map<string, VariableScope>(
      this.tasks.map((task) => [task.name, new VariableScope(`task ${task.name}`, seed)]),
    );
    try {
      const architecture = this.architecture.build({
        inputs,
        tasks: this.tasks,
        shared,
        forTask: (name) => byTask.get(name)!,
      });
      this.#built = { inputs, seed, architecture, shared, byTask };
    } catch (error) {
      for (const scope of [shared, ...byTask.values()]) disposeScope(scope);
      throw error;
    }
    return this;
  }

  /** Variables that several tasks train. The model owns them. */
  sharedVariables(): tf.Variable[] {
    return trainable(this.#require().shared);
  }

  /**
   * Of the variables that several tasks train those of the last layer, or layers side by side, that
   * the losses of all tasks reach, as the architecture names them: all experts of the last level, the
   * last shared stage of all towers with its stitches, the end of the shared encoder. The model owns
   * them.
   */
  lastSharedLayer(): tf.Variable[] {
    const { architecture, shared } = this.#require();
    if (architecture.lastSharedLayer) return [...architecture.lastSharedLayer];
    const variables = shared.variables.filter(({ variable }) => variable.trainable);
    const layerOf = (name: string) => name.slice(0, name.lastIndexOf("/"));
    const last = variables.at(-1);
    if (!last) return [];
    return variables.filter(({ name }) => layerOf(name) === layerOf(last.name))
      .map(({ variable }) => variable);
  }

  /** Variables that only this task trains. The model owns them. */
  taskVariables(name: Tasks[number]["name"]): tf.Variable[] {
    return trainable(this.#scopeOf(name));
  }

  /** All variables, also those that are not trained, with the names that they keep in saved models. */
  namedVariables(): NamedVariable[] {
    const { shared, byTask } = this.#require();
    return [shared, ...byTask.values()].flatMap((scope) => scope.variables);
  }

  /**
   * The raw outputs (logits for classes), each `[batch, ...outputShape]`, of all tasks or of those
   * named. Keeps the inputs; the caller owns the outputs.
   * @throws {RangeError} When the model has no task of a name, or an input has another shape.
   */
  outputs<Name extends TaskName<Tasks> = TaskName<Tasks>>(
    inputs: Readonly<Record<string, tf.Tensor>>,
    tasks: readonly Name[] = this.taskNames as Name[],
  ): Outputs<Tasks, Name> {
    const { outputs, representation } = this.forward(inputs, tasks, { training: false });
    representation?.dispose();
    return outputs as Outputs<Tasks, Name>;
  }

  /** The outputs of some tasks, for training and evaluation. The caller owns all tensors. */
  forward(
    inputs: Readonly<Record<string, tf.Tensor>>,
    tasks: readonly string[],
    context: ForwardContext,
  ): ForwardResult {
    const built = this.#require();
    for (const name of tasks) this.#scopeOf(name);
    for (const [name, shape] of Object.entries(built.inputs)) {
      const tensor = inputs[name];
      if (!tensor && built.architecture.someInputs) continue;
      if (!tensor || tensor.shape.slice(1).join() !== shape.join()) {
        throw new RangeError(
          `Input "${name}" must have the shape [batch, ${shape.join(", ")}], but ${
            tensor ? `has [${tensor.shape.join(", ")}]` : "is missing"
          }.`,
        );
      }
    }
    return built.architecture.forward(inputs, tasks, context);
  }

  /** Loss and metrics of every task over a data set, in batches; see the function `evaluate`. */
  evaluate<Target extends string>(
    data: BatchSource<string, Target> & HasTargets<TaskName<Tasks>, Target>,
    options: EvaluateOptions = {},
  ): Promise<Evaluation<Tasks>> {
    return evaluate(this, data, options);
  }

  /** What the model computes, part by part; `undefined` for an architecture that is not made of parts. */
  graph(): ModelGraph | undefined {
    return this.#require().architecture.graph;
  }

  /** What is shared and what is not, as a graph of parts. */
  structure(): ModelStructure {
    return { name: this.architecture.name, parts: this.#require().architecture.parts };
  }

  /** Trainable numbers: shared, by task, and in total. */
  parameterCounts(): { shared: number; byTask: Record<string, number>; total: number } {
    const { shared = 0, ...owned } = parametersByOwner(this.structure());
    const byTask = {
      ...Object.fromEntries(this.taskNames.map((name) => [name, 0])),
      ...owned,
    };
    const total = Object.values(byTask).reduce((sum, count) => sum + count, shared);
    return { shared, byTask, total };
  }

  /** Releases all variables. The model can be built again afterwards. */
  dispose(): void {
    if (!this.#built) return;
    for (const scope of [this.#built.shared, ...this.#built.byTask.values()]) disposeScope(scope);
    this.#built = undefined;
  }

  #scopeOf(name: string): VariableScope {
    const scope = this.#require().byTask.get(name);
    if (!scope) {
      throw new RangeError(
        `The model has no task "${name}"; it has ${
          this.tasks.map((task) => `"${task.name}"`).join(", ")
        }.`,
      );
    }
    return scope;
  }

  #require(): Built {
    if (!this.#built) {
      throw new Error("The model has no variables yet; call fit, or build with its input shapes.");
    }
    return this.#built;
  }
}

function trainable(scope: VariableScope): tf.Variable[] {
  return scope.variables.map(({ variable }) => variable).filter((variable) => variable.trainable);
}

function disposeScope(scope: VariableScope): void {
  for (const { variable } of scope.variables) variable.dispose();
}

function sorted(shapes: InputShapes): [string, readonly number[]][] {
  return Object.entries(shapes).sort(([first], [second]) => first < second ? -1 : 1);
}

function showShapes(shapes: InputShapes): string {
  return Object.entries(shapes).map(([name, shape]) => `"${name}" [${shape}]`).join(", ");
}
