/**
 * What tests need on old versions of Deno. It is imported before them.
 *
 * - No sanitizers: old ones take timers that do not keep the process alive, and those of servers that several tests share, for
 *   leaks. The suite on the newest Deno has them.
 * - The stacks of disposables, which came with V8 13.5.
 *
 * @module
 */

type Disposer = () => unknown;

class Stack {
  #disposers: Disposer[] = [];

  get disposed(): boolean {
    return this.#disposers === DISPOSED;
  }

  use<T>(value: T): T {
    const resource = value as Partial<Disposable & AsyncDisposable> | null | undefined;
    this.defer(() => resource?.[Symbol.asyncDispose]?.() ?? resource?.[Symbol.dispose]?.());
    return value;
  }

  adopt<T>(value: T, dispose: (value: T) => unknown): T {
    this.defer(() => dispose(value));
    return value;
  }

  defer(dispose: Disposer): void {
    this.#disposers.push(dispose);
  }

  move(): Stack {
    const moved = new Stack();
    moved.#disposers = this.#disposers;
    this.#disposers = DISPOSED;
    return moved;
  }

  dispose(): void {
    for (const dispose of this.#take()) dispose();
  }

  async disposeAsync(): Promise<void> {
    for (const dispose of this.#take()) await dispose();
  }

  #take(): Disposer[] {
    const disposers = this.#disposers.reverse();
    this.#disposers = DISPOSED;
    return disposers;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disposeAsync();
  }
}

const DISPOSED: Disposer[] = [];

for (const name of ["DisposableStack", "AsyncDisposableStack"]) {
  if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value: Stack });
}

const { test } = Deno;

/** Parts of the names of tests that are left out. */
const leftOut: readonly string[] = JSON.parse(Deno.env.get("LEFT_OUT") ?? "[]");

/** Registers a test without sanitizers, in whichever form it was written. */
function register(fixed: Partial<Deno.TestDefinition>, args: readonly unknown[]): void {
  const definition: Record<string, unknown> = {};
  for (const arg of args) {
    if (typeof arg === "string") definition.name = arg;
    else if (typeof arg === "function") definition.fn = arg;
    else Object.assign(definition, arg);
  }
  definition.name ??= (definition.fn as { name: string }).name;
  const { name } = definition as { name: string };
  if (leftOut.some((part) => name.includes(part))) definition.ignore = true;
  Object.assign(definition, fixed, { sanitizeOps: false, sanitizeResources: false });
  test(definition as unknown as Deno.TestDefinition);
}

const substitute = Object.assign((...args: unknown[]) => register({}, args), {
  ignore: (...args: unknown[]) => register({ ignore: true }, args),
  only: (...args: unknown[]) => register({ only: true }, args),
});
Object.assign(Deno, { test: substitute });
