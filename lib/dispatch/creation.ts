/**
 * The start of a client: from the first attempt to connect until it is ready for use.
 *
 * @module
 */

import type { Settings } from "../configuration/settings.ts";
import { Budget } from "../connection/budget.ts";

/** The parts of a start that each kind of client has of its own. */
export interface CreationSteps {
  /** Begins to connect. Called once. */
  begin(): void;
  /** Half of the time is over: the client should become ready with the nodes that it has. */
  onHalfTime(): void;
  /** All of the time is over: the start must succeed or fail now. */
  onTimeout(): void;
}

/**
 * The start of one client.
 *
 * A client that was made with `lazyConnect` starts with its first request. Nothing waits for its
 * {@linkcode Creation.finished} then, and after a failure it may still become ready.
 */
export class Creation {
  /** Whether the client has ever been ready for use. */
  isReady = false;
  /** Whether half of the time is over. */
  isHalfTime = false;
  readonly #settings: Settings;
  readonly #steps: CreationSteps;
  readonly #outcome = Promise.withResolvers<void>();
  #half: Budget | undefined;

  /**
   * Makes a start that waits for {@linkcode Creation.start} or {@linkcode Creation.finished}.
   *
   * @param settings The checked configuration.
   * @param steps What the client does.
   */
  constructor(settings: Settings, steps: CreationSteps) {
    this.#settings = settings;
    this.#steps = steps;
    this.#outcome.promise.catch(() => {});
  }

  /** Whether the client has begun to connect. */
  get isStarted(): boolean {
    return this.#half !== undefined;
  }

  /** Begins to connect, if the client has not begun. */
  start(): void {
    if (this.#half !== undefined) return;
    const { clientCreationTimeout, lazyConnect, requestTimeout } = this.#settings;
    // The requests of a lazy client wait for the start, so their timeout limits it as well.
    const budget = lazyConnect
      ? Math.min(clientCreationTimeout, requestTimeout)
      : clientCreationTimeout;
    this.#half = new Budget(budget / 2, () => {
      this.isHalfTime = true;
      this.#steps.onHalfTime();
    });
    this.#steps.begin();
  }

  /**
   * Begins to connect and waits until the client is ready.
   *
   * @returns Resolves when it is ready; rejects when it has failed. After `clientCreationTimeout` it is one or the
   * other.
   */
  async finished(): Promise<void> {
    const { clientCreationTimeout } = this.#settings;
    const budget = new Budget(clientCreationTimeout, () => this.#steps.onTimeout());
    try {
      this.start();
      await this.#outcome.promise;
    } finally {
      budget.stop();
    }
  }

  /** Ends the start: the client is ready for use. */
  succeed(): void {
    this.isReady = true;
    this.#half?.stop();
    this.#outcome.resolve();
  }

  /** Ends the start with an error. Does nothing once the client is ready. */
  fail(error: Error): void {
    this.#outcome.reject(error);
  }

  /** Ends the start because the client is closed. */
  end(error: Error): void {
    this.#half?.stop();
    this.#outcome.reject(error);
  }
}
