import type { Task } from "../../tasks/mod.ts";
import { buildHead } from "../_head.ts";
import type { BuildContext } from "../architecture.ts";
import { buildStage, type BuiltStage, type Stage } from "../encoders/encoder.ts";
import type { StructurePartKind } from "../structure.ts";
import { countTrainable, trainableOf, type VariableScope } from "../variable_scope.ts";
import { lastSharedOf } from "./last_shared.ts";
import type { GraphPart, GraphSource, ModelGraph, Penalty } from "./part.ts";

/** A part that others may read. */
export interface GraphNode {
  /** Id of the part, unique in the model. */
  readonly id: string;
  /** Shape of its value, without the batch. */
  readonly shape: readonly number[];
}

/** Whose a part is, and its name where the same stages are built more than once. */
export interface PartPlace {
  /** `"shared"` (default), or the name of the one task that the part belongs to. */
  readonly owner?: string;
  /** Tells copies of the same stages apart: `"expert 1"`. */
  readonly name?: string;
  /**
   * Prefix of the names of the variables, in place of that of owner and name. First values follow
   * from names: parts of two architectures with the same prefix start alike.
   */
  readonly prefix?: string;
}

/** What {@linkcode GraphBuilder.part} needs to know of a part. */
export interface PartRecipe extends PartPlace {
  /** Unique among the parts of the same owner; names the variables too. */
  readonly name: string;
  /** What the picture says. Default: the name. */
  readonly label?: string;
  /** A few words more for the picture. */
  readonly detail?: string;
  /** Default `"mix"`. */
  readonly kind?: StructurePartKind;
  /** The parts that it reads, in the order in which `apply` gets their values. */
  readonly from: readonly GraphNode[];
  /** Makes the variables and says what comes out. */
  build(
    scope: VariableScope,
  ): Pick<GraphPart, "shape" | "apply" | "counterpart" | "mixing" | "simplify">;
}

/** Puts a model together from parts. */
export class GraphBuilder {
  /** All tasks of the model, in order. */
  readonly tasks: readonly Task[];
  /** What the trunk reads: the one input, or what the stems lead to. */
  readonly source: GraphNode;
  readonly #context: BuildContext;
  readonly #source: GraphSource;
  readonly #parts: GraphPart[];
  readonly #outputs = new Map<string, string>();
  #penalty: Penalty | undefined;
  #representation: string | undefined;
  #lastShared: readonly string[] | undefined;

  /**
   * Made by {@linkcode graphArchitecture}. `shape` is that of what the trunk reads, without the
   * batch; `parts` are those that lead to it.
   */
  constructor(
    context: BuildContext,
    source: GraphSource,
    shape: readonly number[],
    parts: readonly GraphPart[],
  ) {
    this.#context = context;
    this.#source = source;
    this.#parts = [...parts];
    this.tasks = context.tasks;
    this.source = { id: source.id, shape };
  }

  /** Variables of an owner. */
  scope(owner = "shared"): VariableScope {
    return owner === "shared" ? this.#context.shared : this.#context.forTask(owner);
  }

  /** Builds one stage of an encoder on what `from` gives. */
  stage(stage: Stage, from: GraphNode, place: PartPlace = {}): GraphNode {
    const { owner = "shared", name, prefix } = place;
    const own = this.scope(owner);
    const scope = prefix !== undefined
      ? own.alias(prefix)
      : name === undefined
      ? own
      : own.child(name);
    const built = buildStage(stage, from.shape, scope);
    const path = name === undefined ? stage.name : `${name}/${stage.name}`;
    const label = name === undefined ? stage.name : `${name}: ${stage.name}`;
    return this.#add(stageOf(built, { id: `${owner}/${path}`, label, owner, kind: "stage", from }));
  }

  /** Builds stages one after the other; the node of each. */
  stages(stages: readonly Stage[], from: GraphNode, place: PartPlace = {}): GraphNode[] {
    let last = from;
    return stages.map((stage) => last = this.stage(stage, last, place));
  }

  /** Builds a part of an architecture's own: a stitch, a gate, a sum. */
  part(recipe: PartRecipe): GraphNode {
    const { owner = "shared", name, label = name, detail, kind = "mix", from } = recipe;
    const scope = this.scope(owner);
    const before = scope.variables.length;
    const built = recipe.build(scope.child(name));
    const made = scope.variables.slice(before);
    return this.#add({
      ...built,
      id: `${owner}/${name}`,
      label,
      detail,
      kind,
      owner,
      parameters: countTrainable(made),
      lastLayer: trainableOf(made),
      from: from.map(({ id }) => id),
    });
  }

  /**
   * The same stage or part once more, on other values of the same shapes: it computes with the
   * variables of `part`, which counts them. It belongs to the same owner.
   * @throws {RangeError} When the shapes differ.
   */
  again(
    part: GraphNode,
    from: readonly GraphNode[],
    { name, label = name }: Pick<PartRecipe, "name" | "label">,
  ): GraphNode {
    const first = this.#parts.find(({ id }) => id === part.id)!;
    const shapes = (nodes: readonly { readonly shape: readonly number[] }[]) =>
      nodes.map(({ shape }) => `[${shape}]`).join(", ");
    const wanted = first.from.map((id) =>
      this.#parts.find((each) => each.id === id) ?? this.source
    );
    if (shapes(wanted) !== shapes(from)) {
      throw new RangeError(
        `The part "${part.id}" reads ${shapes(wanted)}; once more it cannot read ${shapes(from)}.`,
      );
    }
    // What it mixes and how it simplifies names the parts that the first one reads.
    const { mixing: _mixing, simplify: _simplify, ...rest } = first;
    return this.#add({
      ...rest,
      id: `${first.owner}/${name}`,
      label,
      detail: "the same weights",
      parameters: 0,
      variablesOf: first.variablesOf ?? first.id,
      from: from.map(({ id }) => id),
    });
  }

  /**
   * Builds the head of a task, which gives its output. It belongs to the task, or is shared where
   * other tasks read it too.
   */
  head(
    task: Task,
    from: GraphNode,
    { owner = task.name }: Pick<PartPlace, "owner"> = {},
  ): GraphNode {
    const { name } = task;
    const scope = owner === "shared" ? this.scope().child(name) : this.scope(name);
    const built = buildHead(task, from.shape, scope);
    const id = `${owner}/${name}`;
    const node = this.#add(stageOf(built, { id, label: name, owner, kind: "head", from }));
    this.output(name, node);
    return node;
  }

  /** Makes a part the output of a task: raw values of the task's `outputShape`. */
  output(task: string, node: GraphNode): void {
    this.#outputs.set(task, node.id);
  }

  /** Names the one part that all heads read. */
  representation(node: GraphNode): void {
    this.#representation = node.id;
  }

  /**
   * Names the parts that what tasks share ends in: side by side, such that the loss of every task
   * reaches them. Methods that balance the gradients of the last shared layer look at these. Where a
   * part has no variables, those before it count. Default: the last shared part that the outputs of
   * all tasks depend on.
   */
  lastShared(nodes: readonly GraphNode[]): void {
    this.#lastShared = nodes.map(({ id }) => id);
  }

  /** Adds a term that training adds to the losses; several add up. */
  penalty(term: Penalty): void {
    const before = this.#penalty;
    this.#penalty = before ? (context) => before(context).add(term(context)) : term;
  }

  /**
   * The finished graph.
   * @throws {Error} When a task has no output.
   */
  build(): ModelGraph {
    for (const { name } of this.tasks) {
      if (!this.#outputs.has(name)) {
        throw new Error(`The architecture gives no output for the task "${name}".`);
      }
    }
    const graph = {
      parts: this.#parts,
      outputs: this.#outputs,
      representation: this.#representation,
      penalty: this.#penalty,
      source: this.#source,
    };
    return { ...graph, lastShared: lastSharedOf(graph, this.#lastShared) };
  }

  #add(part: GraphPart): GraphNode {
    if (this.#parts.some(({ id }) => id === part.id)) {
      throw new Error(`The model has two parts called "${part.id}"; name them apart.`);
    }
    this.#parts.push(part);
    return { id: part.id, shape: part.shape };
  }
}

/** A built stage as a part. */
export function stageOf(
  stage: BuiltStage,
  part: {
    readonly id: string;
    readonly label: string;
    readonly owner: string;
    readonly kind: StructurePartKind;
    readonly from: GraphNode;
  },
): GraphPart {
  const { from, ...rest } = part;
  return {
    ...rest,
    detail: stage.detail,
    shape: stage.outputShape,
    parameters: stage.parameters,
    lastLayer: stage.lastLayer,
    from: [from.id],
    apply: ([input], context) => stage.apply(input, context),
    counterpart: ([input], scope) => stage.counterpart(input, scope),
  };
}
