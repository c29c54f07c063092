// Notebook cells are not type-checked before they run, so that what the types refuse comes here too.

/** What has another name elsewhere, or belongs into another option. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  lr: "optimizer: optimizers.adam({ learningRate: ... })",
  learningrate: "optimizer: optimizers.adam({ learningRate: ... })",
  weightdecay: "optimizer: optimizers.adamW({ weightDecay: ... })",
  validationdata: "validation",
  callbacks: "observer",
  verbose: "observer: false, for silence",
  patience: "earlyStopping: { patience: ... }",
  weights: "balancer: fixedWeights(...)",
  shuffle: "seed, which decides the order of the examples",
};

/**
 * Refuses options that are not there.
 * @throws {TypeError} Names the option, and the one that is likely meant.
 */
export function checkNames(options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(
      `The options of fit must be an object such as { epochs: 5 }, but are ${options}.`,
    );
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const meant = ELSEWHERE[plain(name)] ?? nearest(name, known);
    throw new TypeError(
      `fit has no option "${name}"; ${
        meant === undefined ? `it has ${known.join(", ")}` : `give it ${meant}`
      }.`,
    );
  }
}

/**
 * Refuses a function, or anything else, in the place of what it makes.
 * @throws {TypeError} Names the option and says what to give.
 */
export function checkMade(option: string, value: unknown, example: string): void {
  if (value === undefined || (typeof value === "object" && value !== null && "name" in value)) {
    return;
  }
  throw new TypeError(
    typeof value === "function"
      ? `The option ${option} is the function ${
        value.name || "itself"
      }, not what it makes; call it, as in ${option}: ${example}.`
      : `The option ${option} cannot be ${JSON.stringify(value)}; give it ${example} or another.`,
  );
}

/** Without case, `_` and `-`: `batch_size` is `batchsize`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, "");
}

/** The known name that differs in the fewest letters; none where all differ in too many. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const distances = known.map((each) => distance(plain(name), plain(each)));
  const least = Math.min(...distances);
  return least <= Math.max(1, name.length / 3) ? known[distances.indexOf(least)] : undefined;
}

/** Letters to be put in, left out or changed to get from one word to the other (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const changed = row[j - 1] + Number(from[i - 1] !== to[j - 1]);
      next.push(Math.min(changed, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[to.length];
}
