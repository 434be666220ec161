/**
 * A stand-in for `AsyncDisposableStack`, which Node 22 and old versions of Deno lack.
 *
 * @module
 */

/** Disposes of what it was given, the last one first. */
export class AsyncDisposableStack {
  readonly #disposals: (() => unknown)[] = [];

  use<T extends Partial<AsyncDisposable & Disposable>>(resource: T): T {
    this.#disposals.push(() => resource[Symbol.asyncDispose]?.() ?? resource[Symbol.dispose]?.());
    return resource;
  }

  defer(dispose: () => unknown): void {
    this.#disposals.push(dispose);
  }

  async disposeAsync(): Promise<void> {
    for (const dispose of this.#disposals.splice(0).toReversed()) await dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disposeAsync();
  }
}
