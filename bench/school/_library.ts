export * as linear from "../../lib/linear/mod.ts";
export { school } from "../../lib/data/mod.ts";
