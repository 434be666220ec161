/**
 * Events of the global object: what nobody has caught, and the end of the process.
 *
 * @module
 */

interface GlobalEvent {
  readonly reason?: unknown;
  readonly error?: unknown;
  readonly message?: string;
  preventDefault(): void;
}

type Listener = (event: GlobalEvent) => void;

const listeners = new Map<string, Set<Listener>>();

process.on("exit", () => void emit("unload", {}));

/** Stands for the function of the global object. */
export function addEventListener(type: string, listener: Listener): void {
  const known = listeners.get(type) ?? new Set();
  listeners.set(type, known.add(listener));
}

/** Stands for the function of the global object. */
export function removeEventListener(type: string, listener: Listener): void {
  listeners.get(type)?.delete(listener);
}

/**
 * Calls listeners.
 *
 * @returns Whether one of them wants nothing else to happen.
 */
export function emit(type: string, parts: Omit<GlobalEvent, "preventDefault">): boolean {
  let prevented = false;
  for (const listener of listeners.get(type) ?? []) {
    listener({ ...parts, preventDefault: () => void (prevented = true) });
  }
  return prevented;
}
