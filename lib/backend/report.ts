/** The backends, in the order in which they are tried. */
export const backendNames = ["native", "webgpu", "wasm", "cpu"] as const;

/**
 * A backend of TensorFlow.js: `native` TensorFlow (tfjs-node), `webgpu` on a graphics card, `wasm`
 * with polytask's training kernels, `cpu` in plain JavaScript.
 */
export type BackendName = typeof backendNames[number];

/** What came of trying one backend. */
export interface BackendTrial {
  /** The backend that was tried. */
  readonly backend: BackendName;
  /** Whether it started. */
  readonly ok: boolean;
  /** What it runs on, or what is missing. */
  readonly why: string;
}

/** The backend in use and how it was chosen. */
export interface BackendReport {
  /** The backend in use. */
  readonly backend: BackendName;
  /** One sentence for a reader. */
  readonly why: string;
  /** Threads that the backend computes with; 0 where it does not say. */
  readonly threads: number;
  /** What it runs on. */
  readonly device: string;
  /** Versions of TensorFlow.js and of what runs it. */
  readonly versions: Readonly<Record<string, string>>;
  /** Every backend tried, in order. */
  readonly tried: readonly BackendTrial[];
}

/** A backend that was started. */
export interface StartedBackend {
  readonly device: string;
  readonly threads: number;
  readonly versions?: Readonly<Record<string, string>>;
  /** Imitates its device on the processor: taken only when it is asked for by name. */
  readonly software?: boolean;
}

/** Settings of {@linkcode useBackend}. */
export interface BackendOptions {
  /** Use this backend and no other. Default: `POLYTASK_BACKEND`, else the first that works. */
  readonly backend?: BackendName;
  /**
   * Threads that the wasm or native backend computes with, from 1 to 64. Default:
   * `POLYTASK_THREADS`, else 1 on wasm and all on native. Other backends use what they like.
   */
  readonly threads?: number;
}

/** Settings that every room of a backend gets. */
export interface StartOptions extends BackendOptions {
  /** The user asked for this backend by name: slow hardware is no reason to decline. */
  readonly forced: boolean;
}
