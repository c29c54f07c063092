/**
 * The records of separated values that have no quotes, many times faster than a full parser; nothing
 * when the text has anything that needs one: quotes, lines of white space, several kinds of line
 * ends or of spaces, or rows of unequal length. Spaces around fields are dropped, empty lines passed over.
 */
export function splitPlain(
  text: string,
  delimiter: string,
  skipLines: number,
): string[][] | undefined {
  if (text.includes('"') || /[^\S \t\r\n]/.test(text)) return undefined;
  const end = text.includes("\r") ? "\r\n" : "\n";
  if (end === "\r\n" && /\r(?!\n)|(?<!\r)\n/.test(text)) return undefined;
  const lines = text.split(end);
  const records: string[][] = [];
  for (let at = skipLines; at < lines.length; at++) {
    const line = lines[at];
    if (line === "") continue;
    const fields = line.split(delimiter);
    const unequal = records.length > 0 && fields.length !== records[0].length;
    if (unequal || line.trim() === "") return undefined;
    for (let field = 0; field < fields.length; field++) fields[field] = fields[field].trim();
    records.push(fields);
  }
  return records;
}
