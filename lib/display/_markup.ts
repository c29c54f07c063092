/** Escapes text for HTML and XML, in content and in quoted attributes. */
export function escapeText(text: string): string {
  // Control characters other than tab, line feed and carriage return are not allowed in XML.
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

/** Attribute values; numbers are rounded to what a screen can show, `undefined` leaves one out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element; `content` is markup already (escape text first), `undefined` closes at once. */
export function element(name: string, attributes: Attributes, content?: string): string {
  let opening = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    opening += ` ${key}="${
      typeof value === "number" ? String(Math.round(value * 100) / 100) : escapeText(value)
    }"`;
  }
  return content === undefined ? `${opening}/>` : `${opening}>${content}</${name}>`;
}

let identifiers = 0;

/** An id that no other output of this program has, for `aria-labelledby` and the like. */
export function uniqueId(prefix: string): string {
  identifiers += 1;
  return `polytask-${prefix}-${identifiers}`;
}
