/** Multiplies for a while and prints how many threads computed, and how many were reported. */
import * as tf from "@tensorflow/tfjs";
import { useBackend } from "../../lib/backend/mod.ts";

/** Ticks of the processor that each thread of this process has computed, by its number. */
function ticks(): Map<string, number> {
  const counted = new Map<string, number>();
  for (const { name } of Deno.readDirSync("/proc/self/task")) {
    const text = Deno.readTextFileSync(`/proc/self/task/${name}/stat`);
    // The fields after the name of the program, which may hold spaces; the twelfth is user time.
    counted.set(name, Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[11]));
  }
  return counted;
}

const { threads } = await useBackend();
const a = tf.randomUniform([1024, 1024]);
const before = ticks();
for (let count = 0; count < 12; count++) {
  const product = tf.matMul(a, a);
  await product.data();
  product.dispose();
}
const spent = [...ticks()].map(([name, now]) => now - (before.get(name) ?? 0));
const most = Math.max(...spent);
console.log(`${spent.filter((own) => own > most / 3).length} of ${threads}`);
