/** Starts native TensorFlow from the folder named and prints its version. */
import { startFrom } from "../../lib/backend/native/mod.ts";

const { device } = await startFrom(Deno.args[0]);
console.log(device.replace(/^TensorFlow /, ""));
