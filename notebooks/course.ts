import {
  backendReport,
  html,
  type PairedDifference,
  show,
  table,
  useBackend,
  verdict,
  type VerdictOptions,
  version,
} from "polytask";

/** How big the experiments of a chapter are. */
export type Profile = "quick" | "full";

/** What a chapter knows about the way it is run. */
export interface Chapter {
  readonly profile: Profile;
  /** The first value in the quick profile, the second in the full one. */
  choose<Value>(quick: Value, full: Value): Value;
}

/**
 * Starts a chapter: picks the backend and shows at the top how the chapter is run. The environment
 * variable `POLYTASK_PROFILE` chooses the profile: `quick` (default) or `full`.
 */
export async function startChapter(): Promise<Chapter> {
  const wanted = Deno.env.get("POLYTASK_PROFILE") ?? "quick";
  if (wanted !== "quick" && wanted !== "full") {
    throw new Error(`POLYTASK_PROFILE must be "quick" or "full", but is "${wanted}".`);
  }
  await useBackend();
  const report = backendReport()!;
  await show(table(
    [
      { what: "profile", value: wanted },
      { what: "backend", value: `${report.backend}: ${report.why}` },
      { what: "threads", value: String(report.threads) },
      { what: "versions", value: `polytask ${version}, Deno ${Deno.version.deno}` },
    ],
    { caption: "How this chapter is run", types: false },
  ));
  return { profile: wanted, choose: (quick, full) => wanted === "quick" ? quick : full };
}

/** Says at the top of a chapter when its data were generated because the real ones cannot be had. */
export async function sayWhereFrom(
  ...sets: readonly { name: string; origin: string; description: string }[]
): Promise<void> {
  const rows = sets.map(({ name, origin, description }) => ({ data: name, origin, description }));
  await show(table(rows, { caption: "The data of this chapter", types: false }));
}

/** Says what paired differences show, a line each; accuracies in points unless told otherwise. */
export async function showVerdicts(
  differences: readonly PairedDifference[],
  options: VerdictOptions = { scale: 100, unit: "points" },
): Promise<void> {
  const lines = differences.map((difference) => verdict(difference, options));
  const items = lines.map((line) => `<li>${line.replaceAll("<", "&lt;")}</li>`).join("");
  await show(html(`<ul>${items}</ul>`, lines.join("\n")));
}

/**
 * Paragraphs that are made from the numbers of this run, so that they are right in every profile and
 * with every data.
 */
export async function say(...paragraphs: readonly string[]): Promise<void> {
  const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const blocks = paragraphs.map((text) => `<p>${escape(text)}</p>`).join("");
  await show(html(blocks, paragraphs.join("\n\n")));
}

/** What a paired difference of accuracies shows, as a verb: "gain 3.1 points". */
export function change({ mean, lower, upper }: PairedDifference): string {
  const points = (share: number) => (100 * share).toFixed(1);
  if (lower > 0) return `gain ${points(mean)} points`;
  if (upper < 0) return `lose ${points(-mean)} points`;
  return `show no difference (95 % interval ${points(lower)} to ${points(upper)} points)`
    .replaceAll("-", "−");
}
