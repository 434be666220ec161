/**
 * Holds transactions back until a connection is known to accept MULTI.
 *
 * A server that refuses MULTI, because the user may not run it, executes the commands behind it one by one. So an empty
 * transaction goes ahead of the first one of a connection. Once it was accepted, transactions go out in one write.
 *
 * @module
 */

import { RedisError, type ServerError } from "../errors.ts";
import type { Argument } from "../resp/reply.ts";
import { NO_OWNER, Request } from "./request.ts";

/** Whether a connection accepts MULTI, as far as it is known. */
type State = "unknown" | "asked" | "accepted" | "refused";

/** Knows whether one connection accepts MULTI. */
export class TransactionGate {
  readonly #decided: () => void;
  #state: State = "unknown";
  #session = false;
  #refusal: unknown;

  /**
   * Makes a gate that has not asked yet.
   *
   * @param decided Called when the server has answered.
   */
  constructor(decided: () => void) {
    this.#decided = decided;
  }

  /** Whether transactions can be sent. */
  get open(): boolean {
    return this.#state === "accepted";
  }

  /** Whether the server was asked and has not answered yet. */
  get asking(): boolean {
    return this.#state === "asked";
  }

  /**
   * Makes the requests that ask the server.
   *
   * @param deadline Deadline of the transaction that waits for the answer; 0 if none waits.
   * @returns The requests, to be sent in this order; none if there is nothing to ask.
   */
  ask(deadline: number): Request[] {
    if (this.#state !== "unknown") return [];
    this.#state = "asked";
    return [
      probe(["MULTI"], deadline, (outcome) => {
        this.#refusal = outcome instanceof Error ? outcome : undefined;
      }),
      // Not DISCARD: if only that is forbidden, the transaction would stay open. EXEC ends it even if it is refused.
      probe(["EXEC"], deadline, () => {
        this.#state = this.#refusal === undefined ? "accepted" : "refused";
        this.#decided();
      }),
    ];
  }

  /** Called before the connection watches keys. From now on the gate does not ask: EXEC would end the watch. */
  beginSession(): void {
    this.#session = true;
  }

  /** Called when the connection does not watch keys any more. */
  endSession(): void {
    this.#session = false;
    if (this.#state === "refused") this.#state = "unknown";
  }

  /** Why MULTI was refused; undefined if it was not. */
  get refusal(): unknown {
    return this.#state === "refused" ? this.#refusal : undefined;
  }

  /**
   * Called when all transactions that waited for the answer have been told. Outside of a session the next one asks again:
   * the rights may have changed.
   */
  forgetRefusal(): void {
    if (this.#state === "refused" && !this.#session) this.#state = "unknown";
  }

  /**
   * Called when MULTI was refused in front of a transaction, although it had been accepted before.
   *
   * @param refusal Why.
   * @returns The error for the caller.
   */
  refuse(refusal: ServerError): RedisError {
    this.#state = this.#session ? "refused" : "unknown";
    this.#refusal = refusal;
    return new RedisError(
      "Cannot execute the transaction: the server refused MULTI and executed the commands one by one",
      { cause: refusal },
    );
  }
}

function probe(
  words: readonly Argument[],
  deadline: number,
  take: (outcome: unknown) => void,
): Request {
  const request = new Request(words, undefined, (reply) => reply, NO_OWNER);
  request.internal = true;
  request.deadline = deadline;
  request.handTo(take, take);
  return request;
}
