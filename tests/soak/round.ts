/**
 * One round of a worker: some requests on keys that nobody else uses, and a look at what came of them.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { RedisClient } from "../../mod.ts";
import type { Random } from "../examples/demo/random.ts";
import type { FaultLog } from "./fault_log.ts";
import type { Order } from "./model.ts";
import { type Outcome, type Recorder, say } from "./recorder.ts";
import { REQUEST_TIMEOUT, type Target } from "./target.ts";

/** What a worker does, again and again. */
export interface Worker {
  /** Its name in the figures. */
  readonly name: string;
  /** Does a round; it must check what it has done. */
  readonly run: (round: Round) => Promise<void>;
}

/** What rounds work with. */
export interface RoundContext {
  /** The client. */
  readonly client: RedisClient;
  /** The servers. */
  readonly target: Target;
  /** Records the requests. */
  readonly recorder: Recorder;
  /** The faults. */
  readonly faults: FaultLog;
  /** Notes failovers that nobody asked for. */
  readonly noteRoles: () => Promise<void>;
  /** Keys and hash fields that are there all the time. */
  readonly stable: { readonly keys: readonly string[]; readonly hash: string };
  /** Whether requests must succeed while there are only gentle faults. */
  readonly dependable: boolean;
}

/** Timeout of requests whose reply decides on what was done before, in milliseconds. */
const PATIENT = 3000;
/** How long to try to read it, in milliseconds: longer than any fault. */
const VERY_PATIENT = 60_000;
/** Problems of one check that are named. */
const SHOWN = 4;
/** Lines of the trace that are kept. */
const TRACE = 120;
/** Characters of such a line that are kept. */
const LINE = 200;

/** A round. */
export class Round {
  /** What the round works with. */
  readonly context: RoundContext;
  /** Choices. */
  readonly random: Random;
  /** Worker and number of the round. */
  readonly name: string;
  /** When it began. */
  readonly started: number = performance.now();
  readonly #tag: string;
  readonly #trace: string[] = [];

  /**
   * Begins a round.
   *
   * @param context What it works with.
   * @param name Worker and number of the round; no other round has the same.
   * @param random Choices.
   */
  constructor(context: RoundContext, name: string, random: Random) {
    this.context = context;
    this.name = name;
    this.random = random;
    this.#tag = random.pick(context.target.tags);
  }

  /**
   * Names a key of this round; all are in one slot.
   *
   * @param suffix What tells it from others of this round.
   */
  key(suffix = ""): string {
    return this.keyAt(this.#tag, suffix);
  }

  /**
   * Names a key of this round in the slot of a tag.
   *
   * @param tag The tag.
   * @param suffix What tells it from others of this round.
   */
  keyAt(tag: string, suffix = ""): string {
    return `soak:{${tag}}:${this.name}${suffix && `:${suffix}`}`;
  }

  /** A timeout: often the usual one, at times a long or a very short one, in milliseconds. */
  budget(): number {
    const kind = this.random.integer(1, 100);
    if (kind <= 60) return REQUEST_TIMEOUT;
    return kind <= 88 ? this.random.integer(600, 4000) : this.random.integer(3, 150);
  }

  /**
   * A view of the client.
   *
   * @param timeout Milliseconds for a request.
   * @param signal Aborts requests.
   */
  view(timeout: number, signal?: AbortSignal): RedisClient {
    return this.context.client.with(signal === undefined ? { timeout } : { timeout, signal });
  }

  /** True in so many percent of all cases. */
  chance(percent: number): boolean {
    return this.random.integer(1, 100) <= percent;
  }

  /**
   * Performs an operation; the call is made before this method returns.
   *
   * @param kind Its kind.
   * @param label What it is in the trace.
   * @param budget Milliseconds until it must have settled.
   * @param call Makes the call.
   * @param options `fails`: whether it is to fail anyway. @default {{ fails: false }}
   * @returns What became of it; never rejects.
   */
  async perform<R>(
    kind: string,
    label: string,
    budget: number,
    call: () => Promise<R>,
    options: { fails?: boolean } = {},
  ): Promise<Outcome<R>> {
    const { recorder } = this.context;
    const outcome = await recorder.perform(kind, budget, call, {
      where: this.name,
      dependable: this.context.dependable && options.fails !== true,
    });
    if (this.#trace.length < TRACE) {
      const [start, end] = [outcome.start, outcome.end].map((at) => Math.round(at - this.started));
      this.#trace.push(`${label} (${start} to ${end} ms): ${say(outcome)}`.slice(0, LINE));
    }
    return outcome;
  }

  /**
   * Reads what decides on the round, however often it takes.
   *
   * @param kind Its kind.
   * @param call Makes the call.
   * @returns The reply.
   * @throws {Error} If it cannot be read for a minute.
   */
  async read<R>(kind: string, call: (client: RedisClient) => Promise<R>): Promise<R> {
    const view = this.context.client.with({ timeout: PATIENT });
    const deadline = performance.now() + VERY_PATIENT;
    while (true) {
      const outcome = await this.perform(kind, kind, PATIENT, () => call(view));
      if (!("error" in outcome)) return outcome.value as R;
      if (performance.now() > deadline) {
        throw new Error(`Cannot read what the round has done: ${say(outcome)}`);
      }
      await delay(50);
    }
  }

  /**
   * Checks what the round has done.
   *
   * @param rule The rule in question.
   * @param check Finds the violations; it is told whether the servers may have lost acknowledged writes, and which order
   * calls that were not awaited can be expected to have.
   */
  async check(rule: string, check: (lossy: boolean, order: Order) => string[]): Promise<void> {
    const { faults, target, recorder } = this.context;
    const find = () => {
      const now = performance.now();
      const order = faults.scrambling(target.name, this.started, now) ? "any" : "kept";
      return check(faults.lossy(target.name, this.started, now), order);
    };
    let problems = find();
    if (problems.length === 0) return;
    await this.context.noteRoles();
    problems = find();
    if (problems.length === 0) return;
    // One violation, however many traces it has left.
    const more = problems.length > SHOWN ? `; and ${problems.length - SHOWN} more` : "";
    const message = problems.slice(0, SHOWN).join("; ") + more;
    recorder.violate(rule, this.name, [message], { trace: this.#trace, start: this.started });
  }

  /**
   * Removes what the round has written.
   *
   * @param keys The keys, all in one slot.
   */
  async clean(...keys: string[]): Promise<void> {
    await this.perform("UNLINK", "UNLINK", REQUEST_TIMEOUT, () => this.context.client.unlink(keys));
  }
}
