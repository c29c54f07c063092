import { gramOfRows, multiplyTransposed } from "../../lib/linear/_matrix.ts";
import { Peer, pythonProgram } from "../_peer.ts";
import { median } from "../_timing.ts";

/** One product: ours in plain loops, the peer's by OpenBLAS, both in 64 bits and on one thread. */
export interface ProductRow {
  readonly product: string;
  readonly rounds: number;
  /** Billions of multiplications and additions a second; medians of the rounds. */
  readonly gigaflops: number;
  readonly peerGigaflops: number;
  /** Median and range over the rounds of peerSeconds / seconds: above 1 is faster than OpenBLAS. */
  readonly ratio: number;
  readonly ratioRange: readonly [number, number];
}

interface Shape {
  readonly product: string;
  readonly m: number;
  /** 0: the Gram matrix of the rows of the first. */
  readonly n: number;
  readonly inner: number;
}

/** What the solvers multiply: Gram matrices once a fit, and coefficients with them again and again. */
const shapes: readonly Shape[] = [
  { product: "Gram matrix of 1,000 features, 200 rows", m: 1000, n: 0, inner: 200 },
  { product: "Gram matrix of 200 rows, 1,000 features", m: 200, n: 0, inner: 1000 },
  { product: "100 tasks times a Gram matrix of 1,000", m: 100, n: 1000, inner: 1000 },
  { product: "139 tasks times a Gram matrix of 27", m: 139, n: 27, inner: 27 },
];

/** Times every product in interleaved rounds. */
export async function compareProducts(rounds: number): Promise<ProductRow[]> {
  const program = await pythonProgram(new URL("./products.py", import.meta.url));
  const env = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
  const peer = new Peer<Omit<Shape, "product"> & { repeats: number }, Answer>("NumPy", {
    ...program,
    env,
  });
  const rows: ProductRow[] = [];
  try {
    for (const shape of shapes) rows.push(await compareProduct(shape, peer, rounds));
  } finally {
    peer.stop();
  }
  return rows;
}

interface Answer {
  readonly seconds: number;
  readonly sum: number;
}

async function compareProduct(
  { product, m, n, inner }: Shape,
  peer: Peer<Omit<Shape, "product"> & { repeats: number }, Answer>,
  rounds: number,
): Promise<ProductRow> {
  const a = Float64Array.from({ length: m * inner }, (_, i) => Math.sin(i));
  const b = Float64Array.from({ length: n * inner }, (_, i) => Math.cos(i));
  const out = new Float64Array(m * (n || m));
  const multiply = () => {
    if (n === 0) return gramOfRows(a, m, inner);
    multiplyTransposed(a, b, out, m, n, inner);
    return out;
  };
  const operations = 2 * m * (n || m) * inner;
  const repeats = Math.max(1, Math.round(4e8 / operations));
  const own: number[] = [], other: number[] = [];
  let sum = 0;
  // The first round warms both up.
  for (let round = 0; round <= rounds; round++) {
    const started = performance.now();
    for (let repeat = 0; repeat < repeats; repeat++) sum = multiply()[0];
    const seconds = (performance.now() - started) / 1000 / repeats;
    const answer = await peer.ask({ m, n, inner, repeats });
    if (round === 0) {
      sum = multiply().reduce((total, value) => total + value, 0);
      if (!(Math.abs(sum - answer.sum) <= 1e-9 * operations)) {
        throw new Error(`${product}: the sums differ, ${sum} here and ${answer.sum} in NumPy.`);
      }
      continue;
    }
    own.push(seconds);
    other.push(answer.seconds);
  }
  const ratios = other.map((seconds, round) => seconds / own[round]);
  return {
    product,
    rounds,
    gigaflops: operations / median(own) / 1e9,
    peerGigaflops: operations / median(other) / 1e9,
    ratio: median(ratios),
    ratioRange: [Math.min(...ratios), Math.max(...ratios)],
  };
}
