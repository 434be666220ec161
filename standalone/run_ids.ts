/**
 * Finds out whether several addresses lead to the same server.
 *
 * @module
 */

import { runIdIn } from "../lib/connection/identity.ts";
import type { Call, Link } from "../lib/connection/link.ts";
import { show } from "../lib/connection/transport.ts";
import { ConnectionError, ServerError } from "../lib/errors.ts";

/** Two nodes that lead to different servers, or may do so. */
export interface Difference {
  readonly first: Link;
  readonly second: Link;
  /** Why it is not known; undefined if the servers are certainly different. */
  readonly untold?: string;
}

/** The run ids of the servers that links lead to. */
export class RunIds {
  readonly #timeout: number;
  readonly #onAnswer: () => void;
  /** The run id of a node, or the error with which it refused to tell it. */
  readonly #answers = new Map<Link, string | Error>();
  readonly #asked = new Set<Link>();

  /**
   * Makes an empty set.
   *
   * @param timeout Milliseconds to wait for an answer.
   * @param onAnswer Called when a node has answered, or was lost.
   */
  constructor(timeout: number, onAnswer: () => void) {
    this.#timeout = timeout;
    this.#onAnswer = onAnswer;
  }

  /**
   * Compares nodes, and asks for the run ids that are not known.
   *
   * @param links Connected links, two or more.
   * @returns `"asking"` while answers are outstanding.
   */
  compare(links: readonly Link[]): "same" | "asking" | Difference {
    const unknown = links.filter((link) => !this.#answers.has(link));
    for (const link of unknown) if (!this.#asked.has(link)) this.#ask(link);
    if (unknown.length > 0) return "asking";
    const [first, ...others] = links;
    const second = others.find((link) => !this.areSame(first, link));
    if (second === undefined) return "same";
    const refusal = [first, second].map((link) => this.#answers.get(link))
      .find((answer) => answer instanceof Error);
    return { first, second, untold: (refusal as Error | undefined)?.message };
  }

  /** Whether two links are known to lead to the same process. */
  areSame(one: Link | null, other: Link | null): boolean {
    const runId = one === null ? undefined : this.#answers.get(one);
    return typeof runId === "string" && other !== null && this.#answers.get(other) === runId;
  }

  /** Asks for the run id of a link, if it is not known. */
  learn(link: Link): void {
    if (!this.#answers.has(link) && !this.#asked.has(link)) this.#ask(link);
  }

  /**
   * Whether another connection leads to the same process as a link.
   *
   * @param link The link; it need not answer, but must have been asked before.
   * @param call Sends a command on the other connection.
   * @returns Whether it does; undefined if that is unknown.
   */
  async isSame(link: Link, call: Call): Promise<boolean | undefined> {
    const known = this.#answers.get(link);
    if (typeof known !== "string") return undefined;
    try {
      const runId = runIdIn(await call(["INFO", "server"]));
      return runId === undefined ? undefined : runId === known;
    } catch (error) {
      if (error instanceof ServerError) return undefined;
      throw error;
    }
  }

  /** Forgets the run id of a link whose connection is lost. */
  forget(link: Link): void {
    this.#answers.delete(link);
  }

  async #ask(link: Link): Promise<void> {
    this.#asked.add(link);
    try {
      const runId = runIdIn(await link.call(["INFO", "server"], this.#timeout));
      this.#answers.set(link, runId ?? new Error("INFO has no run_id"));
    } catch (error) {
      // A lost node is asked again when it is connected.
      if (error instanceof ServerError) this.#answers.set(link, error);
    }
    this.#asked.delete(link);
    this.#onAnswer();
  }
}

/** The error for two nodes that both say that they are the primary. */
export function twoPrimaries({ first, second, untold }: Difference): ConnectionError {
  return new ConnectionError(
    `Cannot tell which node is the primary: both ${show(first.endpoint)} and ${
      show(second.endpoint)
    } say that they are${
      untold === undefined ? "" : `, and whether they are the same server cannot be told: ${untold}`
    }`,
    first.endpoint,
  );
}
