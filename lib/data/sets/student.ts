import { MultiTaskDataset } from "../dataset.ts";
import { type DataOptions, readDataFile } from "../fetch.ts";
import { TextTable } from "../formats/_csv.ts";
import { Features, numberTarget, type TableSet } from "./_table_set.ts";

/** The targets of {@linkcode student}. */
export type StudentTarget = "firstGrade" | "secondGrade" | "finalGrade" | "pass";

/** Options of {@linkcode student}. */
export interface StudentOptions extends DataOptions {
  /** Which of the two courses. Default `"portuguese"`. */
  readonly course?: "maths" | "portuguese";
}

const FILES = {
  maths: "student-performance/student-mat.csv",
  portuguese: "student-performance/student-por.csv",
};
const NUMBERS = [
  "age",
  "Medu",
  "Fedu",
  "traveltime",
  "studytime",
  "failures",
  "famrel",
  "freetime",
  "goout",
  "Dalc",
  "Walc",
  "health",
  "absences",
];
const GRADES = ["G1", "G2", "G3"];
const PASS = 10;

/**
 * Student performance: pupils of two Portuguese secondary schools.
 *
 * Records: 395 pupils in maths or 649 in Portuguese. Input `features` `[56]`: 13 numbers (age,
 * education of the parents 0 to 4, travel and study time 1 to 4, failures, family, free time,
 * going out, alcohol on workdays and at weekends, health 1 to 5, absences) and 0 or 1 for each
 * category of the 17 others; both courses have the same features. Targets: `firstGrade`,
 * `secondGrade`, `finalGrade` (0 to 20) and `pass` (1: final grade 10 or more). Groups: `school`;
 * `pupil`, the same for rows with the same answers about home and person, in both courses.
 *
 * Licence: CC BY 4.0 (UCI). Cite: P. Cortez, A. Silva. Using data mining to predict secondary
 * school student performance. FUBUTEC 2008. doi:10.24432/C5TG7T.
 *
 * Known traps: grades are no features here; with the first two, the third is easy. `pass` follows
 * from `finalGrade`. Most pupils of the maths course are in the Portuguese course as well: split
 * both by `pupil`. A final grade of 0 mostly means that the pupil left.
 *
 * @param options `course`; where to look for the files.
 * @throws {DataUnavailableError} When the files cannot be had.
 */
export async function student(options: StudentOptions = {}): Promise<TableSet<StudentTarget>> {
  const { course = "portuguese" } = options;
  const tables = Object.fromEntries(
    await Promise.all(
      Object.entries(FILES).map(async ([name, file]) => {
        const bytes = await readDataFile(file, options);
        return [name, TextTable.parse(bytes, { file, delimiter: ";" })] as const;
      }),
    ),
  );
  const table = tables[course];
  if (!table) throw new RangeError(`course must be maths or portuguese, but is ${course}.`);
  const features = new Features(table.rows);
  for (const name of NUMBERS) features.number(name, table.numbers(name));
  for (const name of table.names) {
    if (NUMBERS.includes(name) || GRADES.includes(name)) continue;
    const all = [...tables.maths.vocabulary(name), ...tables.portuguese.vocabulary(name)];
    const labels = [...new Set(all)].sort();
    features.oneHot(name, table.codes(name, labels), labels);
  }
  const finalGrade = table.numbers("G3");
  const dataset = MultiTaskDataset.from({
    inputs: { features: features.column() },
    targets: {
      firstGrade: numberTarget(table.numbers("G1")),
      secondGrade: numberTarget(table.numbers("G2")),
      finalGrade: numberTarget(finalGrade),
      pass: numberTarget(finalGrade.map((grade) => grade >= PASS ? 1 : 0)),
    },
    groups: { school: table.text("school"), pupil: pupils(table) },
    name: `Student performance, ${course}`,
    description: "Student performance: grades of pupils in Portugal (Cortez and Silva 2008).",
  });
  return { dataset, featureNames: features.names };
}

/** The answers by which the authors of the set match the pupils of both courses. */
const PERSONAL = [
  "school",
  "sex",
  "age",
  "address",
  "famsize",
  "Pstatus",
  "Medu",
  "Fedu",
  "Mjob",
  "Fjob",
  "reason",
  "nursery",
  "internet",
];

function pupils(table: TextTable): string[] {
  const columns = PERSONAL.map((name) => table.text(name));
  return Array.from({ length: table.rows }, (_, row) => columns.map((each) => each[row]).join("/"));
}
