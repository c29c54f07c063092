import { Random } from "../../math/random.ts";
import type { Column } from "../column.ts";

const SCHOOLS = 139;
const SMALLEST = 22, LARGEST = 251;

/**
 * Generated pupils in place of the School data: 139 schools of 22 to 251 pupils, features of mean 0 and
 * deviation 1, scores with a vector that all schools share, a small one of each, and noise that
 * explains about as little as in the real data.
 */
export function drawSchools(features: readonly string[]): {
  inputs: { pupil: Column };
  targets: { score: Column };
  groups: { school: string[] };
} {
  const random = new Random("drawn schools");
  const width = features.length;
  const shared = Array.from({ length: width }, () => 1.5 * random.normal());
  const values: number[] = [], scores: number[] = [], schools: string[] = [];
  for (let place = 1; place <= SCHOOLS; place++) {
    const own = shared.map((value) => value + 0.4 * random.normal());
    const level = 20 + 2 * random.normal();
    const pupils = SMALLEST + random.integer(LARGEST - SMALLEST + 1);
    for (let pupil = 0; pupil < pupils; pupil++) {
      let score = level + 10 * random.normal();
      for (let j = 0; j < width; j++) {
        const value = random.normal();
        values.push(value);
        score += value * own[j];
      }
      scores.push(score);
      schools.push(`school ${place}`);
    }
  }
  return {
    inputs: { pupil: { values: Float32Array.from(values), shape: [width], labels: features } },
    targets: { score: { values: Float32Array.from(scores), shape: [] } },
    groups: { school: schools },
  };
}
