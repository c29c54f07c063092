import { createHighlighterCore } from "shiki/core";
import { createOnigurumaEngine } from "shiki/engine/oniguruma";
import json from "shiki/langs/json.mjs";
import shellscript from "shiki/langs/shellscript.mjs";
import typescript from "shiki/langs/typescript.mjs";
import { escapeHtml } from "./_html.ts";

/**
 * What the grammar finds, by the class the style sheet colours. A theme of shiki is a map from
 * scopes to colours; ours maps to placeholder colours which stand for classes, so that one static
 * page serves light and dark.
 */
const SCOPES: readonly (readonly [cssClass: string, scopes: readonly string[]])[] = [
  ["comment", ["comment", "punctuation.definition.comment"]],
  ["string", ["string", "punctuation.definition.string", "constant.character.escape"]],
  ["number", ["constant.numeric"]],
  ["constant", ["constant.language", "variable.language", "support.constant"]],
  ["keyword", ["keyword", "storage", "punctuation.definition.template-expression"]],
  ["operator", ["keyword.operator"]],
  ["keyword", [
    "keyword.operator.new",
    "keyword.operator.expression",
    "storage.type.function.arrow",
  ]],
  ["function", ["entity.name.function", "support.function", "meta.function-call entity.name"]],
  ["type", ["entity.name.type", "support.type", "support.class", "entity.name.class"]],
  ["property", [
    "meta.object-literal.key",
    "support.type.property-name",
    "variable.object.property",
  ]],
  ["variable", ["variable", "meta.template.expression", "source"]],
];

const classOfColour = new Map<string, string>();
const settings = SCOPES.map(([cssClass, scope], index) => {
  const foreground = `#0000${(index + 1).toString(16).padStart(2, "0")}`;
  classOfColour.set(foreground, cssClass);
  return { scope: [...scope], settings: { foreground } };
});

const highlighter = await createHighlighterCore({
  // The engine that VS Code uses: the one in plain JavaScript loses lines with typed arrow functions.
  engine: createOnigurumaEngine(import("shiki/wasm")),
  langs: [typescript, json, shellscript],
  themes: [{
    name: "classes",
    type: "light",
    fg: "#000000",
    bg: "#ffffff",
    settings: [{ settings: { foreground: "#000000" } }, ...settings],
  }],
});

const LANGUAGES: Readonly<Record<string, string>> = {
  ts: "typescript",
  typescript: "typescript",
  js: "typescript",
  javascript: "typescript",
  json: "json",
  sh: "shellscript",
  bash: "shellscript",
  shell: "shellscript",
};

/** Code as HTML with a span of a class `t-…` around each token; other languages are only escaped. */
export function highlight(code: string, language: string): string {
  const lang = LANGUAGES[language.toLowerCase()];
  if (lang === undefined) return escapeHtml(code);
  return highlighter.codeToTokensBase(code, { lang, theme: "classes" })
    .map((line) =>
      line.map((token) => {
        const cssClass = classOfColour.get(token.color?.toLowerCase() ?? "");
        const text = escapeHtml(token.content);
        return cssClass === undefined || cssClass === "variable" || token.content.trim() === ""
          ? text
          : `<span class="t-${cssClass}">${text}</span>`;
      }).join("")
    ).join("\n");
}
