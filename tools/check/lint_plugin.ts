/** polytask's own lint rules. */

const BLOCKING = new Set(["dataSync", "arraySync"]);

/** Reads that block are not possible for tensors on a GPU, so none may creep in. */
const asyncReads: Deno.lint.Rule = {
  create(context) {
    return {
      MemberExpression(node) {
        const { property } = node;
        const name = property.type === "Identifier"
          ? property.name
          : property.type === "Literal"
          ? property.value
          : undefined;
        if (typeof name !== "string" || !BLOCKING.has(name)) return;
        context.report({
          node: property,
          message: `${name} does not work on every backend`,
          hint: `await ${name.replace("Sync", "")}() instead`,
        });
      },
    };
  },
};

const plugin: Deno.lint.Plugin = { name: "polytask", rules: { "async-reads": asyncReads } };

export default plugin;
