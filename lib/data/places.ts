import { statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** Where to look for data, before and instead of the defaults. */
export interface DataPlaces {
  /**
   * Folder for downloads and parsed sets. Default: the environment variable
   * `POLYTASK_DATA_CACHE`, else `data/cache` in a checkout of polytask, else the cache folder of
   * the operating system.
   */
  readonly cache?: string;
  /**
   * Folder or address that holds copies of the files; `null` for none. Default: the environment
   * variable `POLYTASK_DATA_MIRROR`, else a folder `shared/data` beside the checkout.
   */
  readonly mirror?: string | null;
  /** `true` never asks the network. Default `false`. */
  readonly offline?: boolean;
}

/** The cache folder. It need not exist yet. */
export function cacheFolder(places: DataPlaces = {}): string {
  const named = places.cache ?? environment("POLYTASK_DATA_CACHE");
  if (named) return resolve(named);
  const checkout = checkoutFolder();
  return checkout ? join(checkout, "data", "cache") : join(systemCacheFolder(), "polytask");
}

/** The mirror, a folder or an `http(s)` address without a final slash, if there is one. */
export function mirrorPlace(places: DataPlaces = {}): string | undefined {
  if (places.mirror === null) return undefined;
  const named = places.mirror ?? environment("POLYTASK_DATA_MIRROR");
  if (named) return isAddress(named) ? named.replace(/\/+$/, "") : resolve(named);
  const checkout = checkoutFolder();
  if (!checkout) return undefined;
  const beside = join(checkout, "..", "shared", "data");
  return isFolder(beside) ? beside : undefined;
}

/** Whether a place is asked over the network. */
export function isAddress(place: string): boolean {
  return /^https?:\/\//.test(place);
}

/** Root of the checkout that this file runs from; none inside an installed package. */
function checkoutFolder(): string | undefined {
  if (!import.meta.url.startsWith("file:")) return undefined;
  const root = fileURLToPath(new URL("../..", import.meta.url));
  if (/[\\/]node_modules[\\/]/.test(root)) return undefined;
  return root;
}

function systemCacheFolder(): string {
  if (process.platform === "win32") {
    return environment("LOCALAPPDATA") ?? join(homedir(), "AppData", "Local");
  }
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches");
  return environment("XDG_CACHE_HOME") ?? join(homedir(), ".cache");
}

/** A variable of the environment; none where reading it is not permitted. */
function environment(name: string): string | undefined {
  try {
    return process.env[name] || undefined;
  } catch {
    return undefined;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
