/**
 * One sentinel: the link to it, and what it said last.
 *
 * @module
 */

import type { Deadlines } from "../lib/connection/deadlines.ts";
import { Link, type LinkOwner } from "../lib/connection/link.ts";
import { internalRequest } from "../lib/connection/ask.ts";
import type { RequestOwner } from "../lib/connection/request.ts";
import type { LinkSettings } from "../lib/connection/settings.ts";
import { type Endpoint, show } from "../lib/connection/transport.ts";
import { ClosedError, ServerError } from "../lib/errors.ts";
import type { Words } from "../lib/executor.ts";
import type { Reply } from "../lib/resp/reply.ts";
import { describeAnswer, questions, readAnswer, type SentinelAnswer } from "./sentinel_answer.ts";

/** What all sentinels of one client have in common. */
export interface SentinelAccess {
  /** Name of the primary. */
  readonly name: string;
  /** How to connect. */
  readonly link: LinkSettings;
  /** The client's deadlines. */
  readonly deadlines: Deadlines;
}

/** Learns about the connection to a sentinel. */
export interface SentinelOwner {
  /** It is connected. */
  onConnected(sentinel: Sentinel): void;
  /** The connection is lost, or could not be opened. */
  onLost(sentinel: Sentinel, error: Error): void;
}

/** One sentinel. It is connected all the time, so that it can be asked at once. */
export class Sentinel {
  /** Its address in the options of the client, or as other sentinels announce it. */
  readonly address: Endpoint;
  /** Whether it is one of the options of the client: those are never forgotten. */
  readonly configured: boolean;
  /** Its id; undefined until it has told it. */
  id: string | undefined;
  /** Where to connect; asked before each attempt. */
  readonly addresses: () => readonly Endpoint[];
  /** What it said last; undefined if it did not answer. */
  answer: SentinelAnswer | undefined;
  /** Why it did not answer last. */
  error: Error | undefined;

  readonly #access: SentinelAccess;
  readonly #link: Link;
  readonly #requests: RequestOwner;
  #asking: Promise<SentinelAnswer | undefined> | undefined;

  /**
   * Makes a sentinel that is not connected.
   *
   * @param known Its address, its id if that is known, and whether it is configured.
   * @param access What all sentinels have in common.
   * @param owner Learns about the connection.
   * @param addresses Where to connect; asked before each attempt.
   */
  constructor(
    known: { address: Endpoint; id?: string; configured: boolean },
    access: SentinelAccess,
    owner: SentinelOwner,
    addresses: () => readonly Endpoint[],
  ) {
    this.address = known.address;
    this.id = known.id;
    this.configured = known.configured;
    this.addresses = addresses;
    this.#access = access;
    const { deadlines } = access;
    const links: LinkOwner = {
      onConnected: () => Promise.resolve(),
      onReady: () => owner.onConnected(this),
      onLost: (_, error) => this.#fail(error, owner),
      onRefused: (_, error) => this.#fail(error, owner),
      onPush: () => {},
    };
    this.#link = new Link(known.address, access.link, links, deadlines, addresses);
    this.#requests = {
      onErrorReply: () => false,
      resend: (request) => request.reject(this.error ?? new ClosedError("Cannot ask the sentinel")),
      onSettled: (request) => deadlines.remove(request),
      onSilence: (request) => void this.#link.examine(request),
    };
  }

  /** Whether it is connected. */
  get ready(): boolean {
    return this.#link.ready;
  }

  /** Begins to connect. */
  start(): void {
    this.#link.start();
  }

  /**
   * Asks it. While an earlier question is under way, its answer is the answer to this one, too.
   *
   * @returns The answer; undefined if it does not answer.
   */
  ask(): Promise<SentinelAnswer | undefined> {
    this.#asking ??= this.#ask().finally(() => this.#asking = undefined);
    return this.#asking;
  }

  /** What it said last, or why it said nothing, for messages. */
  describe(): string {
    const where = `sentinel ${show(this.address)}`;
    if (this.answer !== undefined) {
      return `${where} ${describeAnswer(this.answer, this.#access.name)}`;
    }
    return this.error === undefined
      ? `${where} does not answer`
      : `${where}: ${this.error.message}`;
  }

  /** Ends the link to it at once. */
  destroy(error: Error): void {
    this.#link.destroy(error);
  }

  async #ask(): Promise<SentinelAnswer | undefined> {
    const outcomes = await Promise.allSettled(
      questions(this.#access.name).map((words) => this.#call(words)),
    );
    try {
      const answer = readAnswer(outcomes.map(replyOrRefusal));
      this.id = answer.id ?? this.id;
      this.error = undefined;
      return this.answer = answer;
    } catch (error) {
      this.error = error as Error;
      return this.answer = undefined;
    }
  }

  #call(words: Words): Promise<Reply> {
    const { link: { attemptTimeout }, deadlines } = this.#access;
    const request = internalRequest(words, this.#requests, attemptTimeout);
    const promise = request.promise<Reply>();
    deadlines.add(request, attemptTimeout);
    this.#link.send(request);
    return promise;
  }

  #fail(error: Error, owner: SentinelOwner): void {
    this.error = error;
    this.answer = undefined;
    // Another attempt may take long: whoever asks is told at once.
    for (const request of this.#link.takeQueue()) request.reject(error);
    owner.onLost(this, error);
  }
}

function replyOrRefusal(outcome: PromiseSettledResult<Reply>): Reply | ServerError {
  if (outcome.status === "fulfilled") return outcome.value;
  if (outcome.reason instanceof ServerError) return outcome.reason;
  throw outcome.reason;
}
