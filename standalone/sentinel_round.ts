/**
 * One round of questions to all sentinels, and when enough of them have answered.
 *
 * @module
 */

import type { SentinelAnswer } from "./sentinel_answer.ts";

/** How long a round waits for more answers after the first one, in milliseconds, if there is no majority. */
const PATIENCE = 100;

/** What a {@linkcode Round} needs. */
export interface RoundOptions {
  /** How many sentinels are known. */
  readonly known: number;
  /** How many of them are asked. */
  readonly asked: number;
  /**
   * Called when enough sentinels have answered, and again for each later answer.
   *
   * @param answers All answers so far; none if all sentinels have failed.
   */
  onAnswers(answers: readonly SentinelAnswer[]): void;
}

/**
 * A round of questions.
 *
 * It is decided when a majority of the known sentinels has answered, 100 ms after the first answer, or when all that
 * were asked have answered or failed.
 */
export class Round {
  /** Resolves when it is decided. */
  readonly decided: Promise<void>;
  /** Resolves when all that were asked have answered or failed. */
  readonly over: Promise<void>;
  readonly #options: RoundOptions;
  readonly #decided = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<void>();
  /** The answers by the ids of the sentinels: one may be known by two addresses. */
  readonly #answers = new Map<unknown, SentinelAnswer>();
  #heard = 0;
  #isDecided = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Begins a round in which nobody has answered.
   *
   * @param options What it needs.
   */
  constructor(options: RoundOptions) {
    this.#options = options;
    this.decided = this.#decided.promise;
    this.over = this.#over.promise;
  }

  /** The answers so far. */
  get answers(): SentinelAnswer[] {
    return [...this.#answers.values()];
  }

  /**
   * Takes the answer of a sentinel.
   *
   * @param answer The answer; undefined if the sentinel has failed to give one.
   */
  hear(answer: SentinelAnswer | undefined): void {
    const { known, asked } = this.#options;
    this.#heard++;
    if (answer !== undefined) this.#answers.set(answer.id ?? this.#heard, answer);
    if (this.#answers.size > known / 2 || this.#heard >= asked || this.#isDecided) {
      this.#decide();
    } else if (answer !== undefined) {
      this.#timer ??= setTimeout(() => this.#decide(), PATIENCE);
    }
    if (this.#heard >= asked) this.#over.resolve();
  }

  /** Ends it without a decision. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#decided.resolve();
    this.#over.resolve();
  }

  #decide(): void {
    clearTimeout(this.#timer);
    this.#isDecided = true;
    this.#options.onAnswers(this.answers);
    this.#decided.resolve();
  }
}
