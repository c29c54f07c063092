import { useBackend } from "../../lib/backend/mod.ts";
import { testOperations } from "./_operations.ts";

await useBackend({ backend: "wasm" });

for (const backend of ["cpu", "wasm"]) testOperations(backend);
