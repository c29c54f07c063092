import type { SpeedRecord } from "./results.ts";
import { comparisons, peers } from "./table.ts";

const LEFT = 210;
const RIGHT = 60;
const WIDTH = 760;
const BAR = 12;
const GAP = 14;
const TOP = 62;
const BOTTOM = 34;

/** Colours that stand off from a light and from a dark page. */
const COLOURS: Readonly<Record<string, string>> = { pytorch: "#c2410c", "tfjs-node": "#2563eb" };

/**
 * The ratios to each peer as bars, on an axis where twice as fast and half as fast lie equally far
 * from 1.
 */
export function speedChart(record: SpeedRecord): string {
  const groups = comparisons(record);
  const ratios = record.rows.map(({ ratio }) => ratio);
  const low = Math.min(0.5, ...ratios.map((ratio) => 2 ** Math.floor(Math.log2(ratio))));
  const high = Math.max(2, ...ratios.map((ratio) => 2 ** Math.ceil(Math.log2(ratio))));
  const x = (ratio: number) =>
    LEFT + (WIDTH - LEFT - RIGHT) * Math.log2(ratio / low) / Math.log2(high / low);
  const round = (value: number) => Math.round(value * 10) / 10;
  let y = TOP;
  const bars = groups.map(({ title, threads, rows }) => {
    const label = `${title}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
    const middle = y + rows.length * BAR / 2 + 4;
    const parts = [`<text x="${LEFT - 10}" y="${middle}" text-anchor="end">${label}</text>`];
    for (const { peer, ratio } of rows) {
      const [from, to] = [Math.min(x(1), x(ratio)), Math.max(x(1), x(ratio))];
      parts.push(
        `<rect x="${round(from)}" y="${y}" width="${round(to - from)}" height="${BAR - 2}" ` +
          `fill="${COLOURS[peer] ?? "#6b7280"}"/>`,
        `<text x="${round(ratio >= 1 ? to + 4 : from - 4)}" y="${y + BAR - 3}" class="value" ` +
          `text-anchor="${ratio >= 1 ? "start" : "end"}">${ratio.toFixed(2)}</text>`,
      );
      y += BAR;
    }
    y += GAP;
    return parts.join("\n");
  });
  const end = y - GAP / 2;
  const ticks: string[] = [];
  for (let ratio = low; ratio <= high; ratio *= 2) {
    ticks.push(
      `<line x1="${round(x(ratio))}" x2="${round(x(ratio))}" y1="${TOP - 8}" y2="${end}" ` +
        `class="${ratio === 1 ? "one" : "tick"}"/>`,
      `<text x="${round(x(ratio))}" y="${end + 18}" text-anchor="middle">${ratio}</text>`,
    );
  }
  const legend = peers.map(({ peer, title }, index) =>
    `<rect x="${LEFT + index * 170}" y="30" width="12" height="12" fill="${COLOURS[peer]}"/>` +
    `<text x="${LEFT + index * 170 + 18}" y="40">against ${title}</text>`
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${end + BOTTOM}" ` +
    `font-family="sans-serif" font-size="12" role="img" aria-label="Speed of training">
<style>
text { fill: #57606a; } .value { font-size: 10px; }
.tick { stroke: #8b949e; stroke-opacity: 0.35; } .one { stroke: #8b949e; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) { text { fill: #c9d1d9; } }
</style>
<text x="${LEFT}" y="16">Time of the peer divided by polytask's: right of 1 polytask is faster</text>
${legend.join("\n")}
${ticks.join("\n")}
${bars.join("\n")}
</svg>
`;
}
