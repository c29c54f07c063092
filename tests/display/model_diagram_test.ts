import assert from "node:assert/strict";
import { modelDiagram } from "../../lib/display/mod.ts";
import { layeredLayout } from "../../lib/display/_layered_layout.ts";
import type { ModelStructure, StructurePart } from "../../lib/models/structure.ts";
import { assertNoLeaks, assertWellFormed, textContent } from "./_markup_check.ts";

function part(
  id: string,
  kind: StructurePart["kind"],
  owner: string,
  from: string[],
  parameters = 0,
): StructurePart {
  return { id, label: `the ${id}`, kind, owner, from, parameters, detail: "3 x 3", shape: [4, 4] };
}

const heads: ModelStructure = {
  name: "two <heads>",
  parts: [
    part("x", "input", "shared", []),
    part("conv", "stage", "shared", ["x"], 1200),
    part("left", "head", "left", ["conv"], 34),
    part("right", "head", "right", ["conv"], 66),
  ],
};

const crossStitch: ModelStructure = {
  name: "cross-stitch",
  parts: [
    part("x", "input", "shared", []),
    part("a1", "stage", "a", ["x"], 10),
    part("b1", "stage", "b", ["x"], 10),
    part("s1", "mix", "shared", ["a1", "b1"], 4),
    part("a2", "stage", "a", ["s1"], 10),
    part("b2", "stage", "b", ["s1"], 10),
  ],
};

const experts: ModelStructure = {
  name: "experts",
  parts: [
    part("x", "input", "shared", []),
    ...[1, 2, 3, 4].map((n) => part(`expert ${n}`, "stage", "shared", ["x"], 5)),
    ...["a", "b"].flatMap((task) => [
      part(`gate ${task}`, "stage", task, ["x"], 3),
      part(
        `sum ${task}`,
        "mix",
        task,
        [1, 2, 3, 4].map((n) => `expert ${n}`).concat(`gate ${task}`),
      ),
      part(`head ${task}`, "head", task, [`sum ${task}`], 2),
    ]),
  ],
};

for (const structure of [heads, crossStitch, experts]) {
  Deno.test(`${structure.name}: the picture is well-formed, named, and told in words`, () => {
    const bundle = modelDiagram(structure).bundle();
    const html = bundle["text/html"]!;
    assertWellFormed(html);
    assertNoLeaks(html);
    assert.match(html, /<svg [^>]*role="img" aria-labelledby="(\S+) (\S+)"/);
    const [, title, description] = /aria-labelledby="(\S+) (\S+)"/.exec(html)!;
    assert.ok(
      html.includes(`<title id="${title}">`) && html.includes(`<desc id="${description}">`),
    );
    for (const { label } of structure.parts) {
      assert.ok(bundle["text/plain"].includes(label), label);
      assert.ok(textContent(html).includes(label), label);
    }
  });
}

Deno.test("the text holds shapes, parameters and who owns them", () => {
  const text = `${modelDiagram(heads)}`;
  assert.match(
    text,
    /^Model: two <heads>\n1,300 parameters: shared 1,200 \(92 %\), left 34, right 66/,
  );
  assert.match(text, /shared stage the conv: 3 x 3; gives 4 × 4; 1,200 parameters; reads the x/);
});

Deno.test("shared and task parts differ in shape, not only in colour", () => {
  const svg = modelDiagram(heads).svg();
  assert.equal(svg.match(/<rect /g)!.length, 1 + 2, "the input, and a double outline");
  assert.equal(svg.match(/fill-opacity="0.15"/g)!.length, 3);
  assert.match(svg, />head of left</);
  assert.match(svg, />shared</);
});

Deno.test("two pictures on a page do not share ids", () => {
  const ids = [modelDiagram(heads).svg(), modelDiagram(heads).svg()]
    .flatMap((svg) => [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  assert.equal(ids.length, 4);
  assert.equal(new Set(ids).size, 4);
});

Deno.test("a standalone picture has a size and colours of its own", () => {
  const svg = modelDiagram(heads).svg({ standalone: true });
  assertWellFormed(svg);
  assert.match(svg, /prefers-color-scheme:dark/);
  assert.match(svg, /<svg [^>]*width="\d+" height="\d+"/);
});

Deno.test("boxes keep the gaps between them, and connections lead onwards", () => {
  for (const structure of [heads, crossStitch, experts]) {
    const nodes = structure.parts.map(({ id, from }, i) => ({
      id,
      from,
      breadth: 80 + 10 * (i % 3),
      depth: 40 + 5 * (i % 2),
    }));
    const layout = layeredLayout(nodes, { across: 10, along: 30 });
    const boxes = nodes.map(({ id, breadth, depth }) => {
      const { across, along } = layout.nodes.get(id)!;
      return {
        id,
        left: across - breadth / 2,
        right: across + breadth / 2,
        along,
        end: along + depth,
      };
    });
    for (const a of boxes) {
      assert.ok(
        a.left >= -1e-9 && a.right <= layout.breadth + 1e-9 && a.end <= layout.depth + 1e-9,
      );
      for (const b of boxes) {
        if (a === b) continue;
        const beside = a.right + 10 <= b.left + 1e-9 || b.right + 10 <= a.left + 1e-9;
        const apart = beside || a.end + 30 <= b.along || b.end + 30 <= a.along;
        assert.ok(apart, `${a.id} and ${b.id} are too close`);
      }
    }
    for (const { points } of layout.edges) {
      for (let i = 1; i < points.length; i++) assert.ok(points[i].along >= points[i - 1].along);
    }
    assert.equal(layout.edges.length, nodes.reduce((sum, node) => sum + node.from.length, 0));
  }
});

Deno.test("a long connection passes beside the boxes between its ends", () => {
  const node = (id: string, from: string[]) => ({ id, from, breadth: 100, depth: 40 });
  const layout = layeredLayout(
    [node("x", []), node("a", ["x"]), node("b", ["a"]), node("end", ["b", "x"])],
    { across: 10, along: 30 },
  );
  const { points } = layout.edges.find(({ from, to }) => from === "x" && to === "end")!;
  const a = layout.nodes.get("a")!;
  for (const { across, along } of points.slice(1, -1)) {
    if (along >= a.along && along <= a.along + 40) assert.ok(Math.abs(across - a.across) > 50);
  }
});

Deno.test("a structure that cannot be drawn says why", () => {
  const drawn = (parts: StructurePart[]) => () => modelDiagram({ name: "bad", parts });
  assert.throws(
    drawn([part("a", "stage", "shared", ["b"])]),
    /"a" .* reads "b", which is not there/,
  );
  assert.throws(
    drawn([part("a", "stage", "shared", ["b"]), part("b", "stage", "shared", ["a"])]),
    /reads its own output/,
  );
  assert.throws(drawn([part("a", "input", "shared", []), part("a", "head", "t", [])]), /same id/);
});
