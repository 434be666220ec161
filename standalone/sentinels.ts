/**
 * The sentinels of one client: which there are, and what they say together.
 *
 * @module
 */

import { mapAddress } from "../lib/configuration/address_map.ts";
import type { SentinelSettings } from "../lib/configuration/access.ts";
import type { Deadlines } from "../lib/connection/deadlines.ts";
import { isHopeless } from "../lib/connection/handshake.ts";
import { type Endpoint, show } from "../lib/connection/transport.ts";
import { ConnectionError, TimeoutError, UnexpectedReplyError } from "../lib/errors.ts";
import { reportFailures, stopRenewal } from "../lib/dispatch/renewed_secrets.ts";
import type { Events } from "../lib/events.ts";
import { unrefTimer } from "../lib/unref_timer.ts";
import { Sentinel, type SentinelOwner } from "./sentinel.ts";
import { SentinelHints } from "./sentinel_hints.ts";
import type { KnownSentinel, SentinelAnswer } from "./sentinel_answer.ts";
import { agree, type Candidate, decide, type Decision } from "./sentinel_decision.ts";
import { Round } from "./sentinel_round.ts";

/** How often sentinels are asked while a change may escape notice, in milliseconds. */
const POLL = 1000;
/** Otherwise they are asked so many times less often. */
const CALM = 5;
/** How long {@linkcode Sentinels.consult} waits at most, in milliseconds. */
const LONGEST_ROUND = 250;

/** What follows the sentinels. */
export interface SentinelsOwner {
  /** The present primary, as sentinels have named it; null if they have named none so far. */
  followed(): Candidate | null;
  /**
   * Called with each decision.
   *
   * @param decision What the sentinels say together; null if none answers.
   */
  onDecision(decision: Decision | null): void;
  /** What happens in the background. */
  readonly events: Events;
  /** The client's deadlines. */
  readonly deadlines: Deadlines;
}

/**
 * The sentinels of one client: those of its options, which are never forgotten, and those that they know.
 */
export class Sentinels implements SentinelOwner {
  readonly #settings: SentinelSettings;
  readonly #owner: SentinelsOwner;
  #sentinels: Sentinel[];
  #round: Round | null = null;
  /** Whether to ask again after the present round: something has happened since it began. */
  #again = false;
  readonly #hints: SentinelHints;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Whether replicas are not in order yet. */
  #unsettled = true;
  #ended = false;

  /**
   * Makes sentinels that are not connected.
   *
   * @param settings The checked options.
   * @param requestTimeout Milliseconds for a reply of the sentinels to a subscription.
   * @param owner What follows them.
   */
  constructor(settings: SentinelSettings, requestTimeout: number, owner: SentinelsOwner) {
    this.#settings = settings;
    this.#owner = owner;
    this.#hints = new SentinelHints({
      link: settings.link,
      requestTimeout,
      onHint: () => this.hint(),
    });
    reportFailures(settings.link, owner.events);
    this.#sentinels = settings.addresses.map((address) =>
      this.#make({ address, configured: true })
    );
  }

  /** Connects to them and asks them for the first time. */
  start(): void {
    for (const sentinel of this.#sentinels) sentinel.start();
    let turn = 0;
    const timer = setInterval(() => {
      if (!this.#isCalm || ++turn % CALM === 0) this.ask();
    }, POLL);
    unrefTimer(timer);
    this.#timer = timer;
    this.ask();
  }

  /** Asks all of them, unless a round of questions is under way. */
  ask(): void {
    if (this.#round === null && !this.#ended) this.#begin();
  }

  /**
   * Asks all of them, and waits for what they say.
   *
   * @returns Resolves after the decision, or when none has answered for too long.
   */
  async consult(): Promise<void> {
    this.ask();
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, LONGEST_ROUND);
    await Promise.race([this.#round?.decided, late.promise]);
    clearTimeout(timer);
  }

  /** Asks all of them, once more if a round of questions is under way: something has changed. */
  hint(): void {
    if (this.#round === null) this.ask();
    else this.#again = true;
  }

  /**
   * Tells why it is of no use to ask again.
   *
   * @returns The reason, if each configured sentinel refuses the client for good, or knows no such primary.
   */
  get hopeless(): Error | undefined {
    const configured = this.#sentinels.filter(({ configured }) => configured);
    const isFinal = ({ answer, error }: Sentinel) =>
      answer !== undefined
        ? answer.primary === undefined
        : isHopeless(error) || error instanceof UnexpectedReplyError;
    if (!configured.every(isFinal)) return undefined;
    const [first] = configured;
    return new ConnectionError(
      `Cannot find the primary "${this.#settings.name}": ${this.describe()}`,
      { ...first.address, cause: first.error },
    );
  }

  /** Whether none of them has answered or refused a connection so far. */
  get mute(): boolean {
    return this.#sentinels.every(({ answer, error }) =>
      answer === undefined && (error === undefined || error instanceof TimeoutError)
    );
  }

  /** What each sentinel said last, for messages. */
  describe(): string {
    return this.#sentinels.map((sentinel) => sentinel.describe()).join("; ");
  }

  /** Ends the links to all of them at once. */
  destroy(error: Error): void {
    this.#ended = true;
    clearInterval(this.#timer);
    this.#round?.cancel();
    this.#hints.close(error);
    stopRenewal(this.#settings.link);
    for (const sentinel of this.#sentinels) sentinel.destroy(error);
  }

  onConnected(sentinel: Sentinel): void {
    this.#owner.events.emit({ type: "sentinel", ...sentinel.address });
    this.#hints.follow(this.#sentinels);
    // It may know what others do not.
    this.hint();
  }

  onLost(sentinel: Sentinel, error: Error): void {
    this.#owner.events.emit({ type: "sentinel", ...sentinel.address, error });
    this.#hints.follow(this.#sentinels);
  }

  /** Whether every change is told by events. */
  get #isCalm(): boolean {
    return !this.#unsettled && this.#hints.confirmed > this.#sentinels.length / 2;
  }

  #begin(): void {
    // Those that could not be reached are asked when they are connected again, unless there are no others.
    const asked = this.#sentinels.some(({ ready }) => ready)
      ? this.#sentinels.filter(({ ready, error }) => ready || error === undefined)
      : this.#sentinels;
    let last: Decision | undefined;
    const round = new Round({
      known: this.#sentinels.length,
      asked: asked.length,
      onAnswers: (answers) => {
        if (this.#ended) return;
        const decision = answers.length === 0 ? null : decide(answers, this.#owner.followed());
        if (decision !== null && last !== undefined && agree(decision, last)) return;
        last = decision ?? undefined;
        this.#unsettled = decision === null || decision.candidates.length !== 1 ||
          decision.doubtful.length > 0;
        this.#owner.onDecision(decision);
      },
    });
    this.#round = round;
    for (const sentinel of asked) sentinel.ask().then((answer) => round.hear(answer));
    round.decided.then(() => this.#end(round));
    round.over.then(() => this.#learn(round.answers));
  }

  #end(round: Round): void {
    if (this.#round === round) this.#round = null;
    if (!this.#again || this.#ended) return;
    this.#again = false;
    this.ask();
  }

  /** Adds and removes sentinels that are not configured. */
  #learn(answers: readonly SentinelAnswer[]): void {
    if (answers.length === 0 || this.#ended) return;
    const listed = answers.flatMap(({ sentinels }) => sentinels);
    for (const known of listed) {
      if (!this.#sentinels.some((other) => isSame(other, known))) {
        const { host, port, id } = known;
        const sentinel = this.#make({ address: { host, port }, id, configured: false });
        this.#sentinels.push(sentinel);
        sentinel.start();
      }
    }
    this.#sentinels = this.#sentinels.filter((sentinel) => {
      const stays = sentinel.configured || !this.#isDouble(sentinel) &&
          (sentinel.ready || listed.some((known) => isSame(sentinel, known)));
      if (!stays) {
        sentinel.destroy(
          new ConnectionError("Cannot ask the sentinel: it has left", sentinel.address),
        );
      }
      return stays;
    });
    this.#hints.follow(this.#sentinels);
  }

  /** Whether a sentinel is connected under another address as well. */
  #isDouble(sentinel: Sentinel): boolean {
    return sentinel.id !== undefined &&
      this.#sentinels.some((other) =>
        other !== sentinel && other.id === sentinel.id && other.ready
      );
  }

  #make(known: { address: Endpoint; id?: string; configured: boolean }): Sentinel {
    const { name, link, addressMap } = this.#settings;
    const { host, port } = known.address;
    const addresses = known.configured || addressMap === undefined
      ? () => [known.address]
      : () => [mapAddress(addressMap, host, port, "sentinel.addressMap")];
    return new Sentinel(known, { name, link, deadlines: this.#owner.deadlines }, this, addresses);
  }
}

/** Whether a sentinel is one that another sentinel knows. */
function isSame(sentinel: Sentinel, known: KnownSentinel): boolean {
  if (show(sentinel.address) === show(known)) return true;
  return sentinel.ready && sentinel.id !== undefined && sentinel.id === known.id;
}
