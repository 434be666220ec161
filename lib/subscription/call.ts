/**
 * A call that waits until the server has confirmed names.
 *
 * @module
 */

import { Aborts } from "../connection/aborts.ts";
import { Budget } from "../connection/budget.ts";
import type { Topic } from "./topic.ts";

/** Whose {@linkcode Call} it is, and its limits. */
export interface CallOptions {
  /** Who waits. */
  readonly owner?: object;
  /** Milliseconds. */
  readonly timeout: number;
  /** Called when they are over; it may end the call. */
  onTimeout(): void;
  /** Ends the call. */
  readonly signal?: AbortSignal;
  /** Called when the call ends with an error. */
  onFailed?(error: unknown): void;
}

/** A call that waits for confirmations. */
export class Call {
  /** Who waits. */
  readonly owner: object | undefined;
  readonly #topics: Set<Topic>;
  readonly #outcome = Promise.withResolvers<void>();
  readonly #budget: Budget;
  readonly #signal: AbortSignal | undefined;
  readonly #options: CallOptions;
  #over = false;

  /**
   * Begins to wait.
   *
   * @param topics What has to be confirmed, at least one.
   * @param options Whose it is, and how long it may take.
   */
  constructor(topics: Iterable<Topic>, options: CallOptions) {
    this.#topics = new Set(topics);
    this.#options = options;
    this.owner = options.owner;
    this.#budget = new Budget(options.timeout, () => options.onTimeout());
    this.#signal = options.signal;
    if (this.#signal !== undefined) Aborts.of(this.#signal).add(this);
  }

  /** Resolves when everything is confirmed; rejects with what went wrong. */
  get outcome(): Promise<void> {
    return this.#outcome.promise;
  }

  /** What has not been confirmed. */
  get missing(): ReadonlySet<Topic> {
    return this.#topics;
  }

  /** Notes that a topic is confirmed, or not wanted any more. */
  confirm(topic: Topic): void {
    if (this.#topics.delete(topic) && this.#topics.size === 0) this.succeed();
  }

  /** Ends the call. Does nothing after its end. */
  succeed(): void {
    if (this.#over) return;
    this.#end();
    this.#outcome.resolve();
  }

  /** Ends the call with an error. Does nothing after its end. */
  reject(error: unknown): void {
    if (this.#over) return;
    this.#end();
    this.#options.onFailed?.(error);
    this.#outcome.reject(error);
  }

  #end(): void {
    this.#over = true;
    this.#budget.stop();
    if (this.#signal !== undefined) Aborts.of(this.#signal).remove(this);
  }
}
