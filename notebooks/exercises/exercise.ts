/** What a checker says about an answer; shows itself in a notebook. */
export interface Verdict {
  readonly right: boolean;
  /** One sentence: what is right, or a hint. */
  readonly message: string;
  [key: symbol]: () => Record<string, string>;
}

/** Judges an answer; never throws. */
export type Exercise<Answer> = (answer: Answer) => Promise<Verdict>;

/** Answers that prove that a checker is right. */
export interface AnswerKey<Answer> {
  /** What the learner starts from. */
  readonly stub: Answer;
  /** Plausible wrong answers by the mistake they make. */
  readonly wrong: Readonly<Record<string, Answer>>;
  readonly solution: Answer;
}

/** The answer keys of a chapter, one an exercise. */
export type AnswerKeys<Exercises> = {
  readonly [Name in keyof Exercises]: Exercises[Name] extends Exercise<infer Answer>
    ? AnswerKey<Answer>
    : never;
};

/**
 * Makes an exercise.
 *
 * @param title What the exercise is called.
 * @param judge Returns nothing when the answer is right, else a hint in one sentence.
 */
export function exercise<Answer>(
  title: string,
  judge: (answer: Answer) => string | void | Promise<string | void>,
): Exercise<Answer> {
  return async (answer) => {
    let hint: string | void;
    try {
      hint = await judge(answer);
    } catch (error) {
      hint = `Your answer fails: ${error instanceof Error ? error.message : String(error)}`;
    }
    const right = hint === undefined;
    const message = right ? `${title}: right.` : `${title}: not yet. ${hint}`;
    return {
      right,
      message,
      [Symbol.for("Jupyter.display")]: () => ({ "text/plain": message }),
    };
  };
}

/** Whether two numbers agree to within `tolerance` (a relative one beyond 1). */
export function near(got: number, wanted: number, tolerance = 1e-6): boolean {
  return Math.abs(got - wanted) <= tolerance * Math.max(1, Math.abs(wanted));
}
