import assert from "node:assert/strict";

/** Entities that XML knows by itself. */
const entity = /^&(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);/i;

function checkText(text: string, where: string): void {
  for (let at = text.indexOf("&"); at >= 0; at = text.indexOf("&", at + 1)) {
    assert.match(text.slice(at), entity, `bare & in ${where}: ${text.slice(at, at + 30)}`);
  }
  assert.ok(!text.includes("<"), `bare < in ${where}`);
}

/** Fails unless the markup is well-formed: tags closed in order, attributes quoted, no bare & or <. */
export function assertWellFormed(markup: string): void {
  const open: string[] = [];
  const tag = /<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/y;
  let at = 0;
  while (at < markup.length) {
    const next = markup.indexOf("<", at);
    const text = markup.slice(at, next < 0 ? undefined : next);
    if (open.at(-1) !== "style") checkText(text, open.at(-1) ?? "the top");
    if (next < 0) break;
    tag.lastIndex = next;
    const match = tag.exec(markup);
    assert.ok(match, `not a tag: ${markup.slice(next, next + 60)}`);
    const [, closing, name, attributes, empty] = match;
    const names = [...attributes.matchAll(/\s([\w:-]+)="([^"]*)"/g)];
    for (const [, key, value] of names) checkText(value, `attribute ${key} of ${name}`);
    assert.equal(new Set(names.map(([, key]) => key)).size, names.length, `repeated in ${name}`);
    if (closing) assert.equal(open.pop(), name, `</${name}> closes another element`);
    else if (!empty) open.push(name);
    at = tag.lastIndex;
  }
  assert.deepEqual(open, [], "elements left open");
}

/** Text as it is read: without tags, entities resolved. */
export function textContent(markup: string): string {
  return markup.replace(/<style>.*?<\/style>/gs, "").replace(/<[^>]*>/g, " ")
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}

/** Fails if a value that is not there shows through. */
export function assertNoLeaks(markup: string): void {
  for (const word of ["undefined", "NaN", "[object", "Infinity"]) {
    assert.ok(!markup.includes(word), `"${word}" in ${markup.slice(0, 200)}`);
  }
}
