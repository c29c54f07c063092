/**
 * Where in a cell an error arose. The kernel runs the JavaScript made from a cell, without types
 * and blank lines, so its line numbers have to be led back through a source map.
 */
import { paths } from "../paths.ts";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * The line of a cell, from 1, at which an error left the cell, or undefined when it cannot be told.
 *
 * @param code The cell.
 * @param name The error's name, which for a syntax error holds the place.
 * @param traceback The kernel's lines.
 */
export async function errorLine(
  code: string,
  name: string,
  traceback: readonly string[],
): Promise<number | undefined> {
  const syntax = / at file:\/\/\/repl\.tsx:(\d+):\d+\s*$/.exec(name);
  if (syntax) return Number(syntax[1]);
  // Functions of earlier cells are anonymous as well; the outermost frame is this cell's own.
  const frames = traceback.flatMap((line) => {
    const frame = /^\s*at (?:async )?<anonymous>:(\d+):(\d+)$/.exec(line);
    return frame ? [[Number(frame[1]), Number(frame[2])]] : [];
  });
  const outermost = frames.at(-1);
  if (!outermost) return undefined;
  const map = await sourceMap(code);
  return map === undefined ? undefined : sourceLine(map, outermost[0], outermost[1]);
}

/** The mappings from the JavaScript that Deno makes of a cell to the cell. */
async function sourceMap(code: string): Promise<string | undefined> {
  const folder = `${paths.setup}/transpile`;
  await Deno.mkdir(folder, { recursive: true });
  const file = `${folder}/cell.ts`;
  // The kernel keeps unused imports; so does this.
  const options = { compilerOptions: { verbatimModuleSyntax: true } };
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(options));
  await Deno.writeTextFile(file, code);
  const { success, stdout } = await new Deno.Command(paths.deno, {
    args: ["transpile", "--quiet", "--source-map", "inline", file],
    cwd: folder,
    env: { RUST_BACKTRACE: "0" },
    stderr: "null",
  }).output();
  if (!success) return undefined;
  const encoded = /sourceMappingURL=data:application\/json;base64,(\S+)/
    .exec(new TextDecoder().decode(stdout))?.[1];
  return encoded === undefined ? undefined : JSON.parse(atob(encoded)).mappings;
}

/** Follows the `mappings` of a source map (version 3) from a generated line to the source's. */
export function sourceLine(
  mappings: string,
  line: number,
  column: number,
): number | undefined {
  let sourceLine = 0;
  let found: number | undefined;
  const generated = mappings.split(";");
  for (let index = 0; index < Math.min(line, generated.length); index++) {
    let generatedColumn = 0;
    for (const segment of generated[index].split(",")) {
      if (segment === "") continue;
      const [columnStep, , lineStep] = decode(segment);
      generatedColumn += columnStep;
      if (lineStep !== undefined) sourceLine += lineStep;
      const here = index === line - 1;
      if (here && (generatedColumn < column || found === undefined)) found = sourceLine + 1;
    }
  }
  return found;
}

/** The numbers of a segment: base64 digits of five bits, the lowest bit of a number its sign. */
function decode(segment: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const character of segment) {
    const digit = DIGITS.indexOf(character);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}
