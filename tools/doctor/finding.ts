/** What the doctor says about one thing. */
export interface Finding {
  /**
   * `right`; `note`: the course runs without it, perhaps slower or with other data; `wrong`: it
   * must be put right.
   */
  readonly verdict: "right" | "note" | "wrong";
  /** What it is about, in a word or two. */
  readonly about: string;
  /** What was found. */
  readonly found: string;
  /** What to do about it; nothing when it is right. */
  readonly todo?: string;
}
