import process from "node:process";

/** Whether Deno grants a permission without asking; always true in other runtimes. */
export function granted(descriptor: Deno.PermissionDescriptor): boolean {
  if (typeof globalThis.Deno === "undefined") return true;
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/** An environment variable, or undefined where it is not set or may not be read. */
export function readVariable(name: string): string | undefined {
  return granted({ name: "env", variable: name }) ? process.env[name] : undefined;
}

/** Name and version of what runs this program. */
export function runtimeVersion(): Record<string, string> {
  if (typeof globalThis.Deno !== "undefined") return { deno: Deno.version.deno };
  return { node: process.version.slice(1) };
}
