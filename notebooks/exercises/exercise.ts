import { displaySymbol, html, type MimeBundle } from "polytask";

/** What came of checking an answer; shows itself in a notebook. */
export interface CheckResult {
  readonly right: boolean;
  /** What is wrong with the answer, or `"right."`. */
  readonly message: string;
  [displaySymbol](): MimeBundle;
}

/** An exercise: call it with an answer. It never throws, so that a chapter runs to its end. */
export type Exercise<Answer> = (answer: Answer) => Promise<CheckResult>;

/** Answers that prove a checker: a test runs them all. */
export interface AnswerKey<Answer> {
  /** What the chapter hands out; must be rejected. */
  readonly stub: Answer;
  /** Mistakes that one could well make, by description; each must be rejected. */
  readonly wrong: Readonly<Record<string, Answer>>;
  /** Must be accepted. */
  readonly solution: Answer;
}

/** The answer keys of a chapter's exercises. */
export type AnswerKeys<Exercises> = {
  readonly [Name in keyof Exercises]: Exercises[Name] extends Exercise<infer Answer>
    ? AnswerKey<Answer>
    : never;
};

/**
 * Makes an exercise.
 * @param title What it is called.
 * @param check Looks at an answer: a sentence on what is wrong with it, or nothing when it is right.
 */
export function exercise<Answer>(
  title: string,
  check: (answer: Answer) => string | void | Promise<string | void>,
): Exercise<Answer> {
  return async (answer) => {
    try {
      const problem = await check(answer);
      return result(title, problem === undefined, problem ?? "right.");
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      return result(title, false, `Your answer fails: ${said}`);
    }
  };
}

/** Whether two numbers differ by at most `tolerance` (a relative one beyond 1). */
export function near(got: number, wanted: number, tolerance = 1e-6): boolean {
  return Math.abs(got - wanted) <= tolerance * Math.max(1, Math.abs(wanted));
}

function result(title: string, right: boolean, message: string): CheckResult {
  const text = `${right ? "✔" : "✘"} ${title}: ${right ? "" : "not yet. "}${message}`;
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const edge = right ? "#2e8b57" : "#d1690e";
  const markup =
    `<p role="status" style="border-left: 4px solid ${edge}; padding-left: 0.75em">${escaped}</p>`;
  return { right, message, [displaySymbol]: html(markup, text)[displaySymbol] };
}
