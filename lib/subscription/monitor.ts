/**
 * The commands that a server executes (MONITOR), as an async iterable.
 *
 * @module
 */

import { Budget } from "../connection/budget.ts";
import { ClosedError, TimeoutError } from "../errors.ts";
import type { Events, Gap } from "../events.ts";
import { refuseSurplusIn } from "../surplus_arguments.ts";
import { GapLog, overflowMark, tooSlow } from "./gap_log.ts";
import { Mailbox, MAX_ITEMS, type Overflow } from "./mailbox.ts";
import type { GapItem } from "./message.ts";
import { type MonitoredCommand, readMonitorLine } from "./monitor_line.ts";
import { letRead, MOST_AT_ONCE } from "./turns.ts";
import { MonitorSession, type MonitorSettings } from "./monitor_session.ts";

/** About how many bytes a buffered command takes besides its characters. */
const OVERHEAD = 50;

/**
 * Options of a monitor.
 *
 * @typeParam G Whether the option `gaps` is set.
 */
export interface MonitorOptions<G extends boolean = boolean> {
  /**
   * Insert a {@linkcode GapItem} between commands where some may be missing.
   *
   * @default {false}
   */
  gaps?: G;
  /**
   * What to do with a new command when the buffer is full: `"dropOldest"` drops the oldest commands, `"dropNewest"`
   * drops the new one, `"error"` ends the monitor with an {@linkcode OverflowError}.
   *
   * @default {"dropOldest"}
   */
  overflow?: Overflow;
  /**
   * Maximum number of commands in the buffer.
   *
   * @default {1024}
   */
  maxCommands?: number;
  /**
   * Maximum size of the buffer, in bytes as sent by the server.
   *
   * @default {16777216}
   */
  maxBytes?: number;
  /**
   * Signal that ends the monitor. If the server has not accepted MONITOR yet, the call rejects with the signal's
   * reason.
   */
  signal?: AbortSignal;
}

/** Counters and gaps of a monitor: a snapshot. */
export interface MonitorStats {
  /** Number of received commands. */
  received: number;
  /** Number of received commands that were dropped because the buffer was full. */
  dropped: number;
  /** Number of commands in the buffer. */
  buffered: number;
  /** The last 100 gaps, oldest first. */
  gaps: Gap[];
}

/** Where to connect, and what to do with what comes. */
export interface MonitorSetup extends MonitorSettings {
  /** What the caller wants; checked. */
  readonly options: MonitorOptions;
  /** Whether words are bytes rather than text. */
  readonly bytes: boolean;
  /** Milliseconds until MONITOR must be accepted for the first time. */
  readonly timeout: number;
  /** Takes its events. */
  readonly events: Events;
  /** Called when it has ended. */
  onEnded(monitor: MonitorEnd): void;
}

/** A monitor, for its end. */
export interface MonitorEnd {
  /** Ends it at once; what it has buffered is forgotten. */
  destroy(): void;
}

/**
 * The commands that a server executes, as returned by {@linkcode Client.prototype.monitor | Client.monitor}.
 *
 * Iterate over it to receive the commands. If several loops run at the same time, each command goes to one of them.
 * Leaving a loop does not end the monitor; a later loop continues where the previous one stopped. `await using` or
 * {@linkcode Monitor.prototype.stop | Monitor.stop} ends it.
 *
 * @typeParam T Type of the words: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam M Type of its items.
 */
export class Monitor<T extends string | Uint8Array = string, M = MonitoredCommand<T>>
  implements AsyncIterable<M>, AsyncDisposable {
  readonly #setup: MonitorSetup;
  readonly #session: MonitorSession;
  readonly #mailbox: Mailbox<string | GapItem>;
  readonly #begun = Promise.withResolvers<void>();
  #received = 0;
  readonly #gaps = new GapLog((gap) => this.#setup.events.emit({ type: "gap", names: [], ...gap }));
  #ended = false;

  /**
   * Makes a monitor. Monitors are made by `monitor()`.
   *
   * @param setup Where to connect, and what to do with what comes.
   * @ignore
   */
  constructor(setup: MonitorSetup) {
    this.#setup = setup;
    // An end before the beginning has a reader only if somebody waits for the beginning.
    this.#begun.promise.catch(() => {});
    const { gaps, overflow, maxCommands, maxBytes } = setup.options;
    this.#mailbox = new Mailbox<string | GapItem>({
      sizeOf: (item) => OVERHEAD + (typeof item === "string" ? item.length : 0),
      overflow,
      maxItems: maxCommands,
      maxBytes,
      onDrop: (item) => {
        if (typeof item === "string") this.#gaps.drop();
      },
      onFull: () => this.#end(tooSlow("commands", maxCommands, maxBytes)),
      isMark: (item) => typeof item !== "string",
      markOf: gaps ? overflowMark : undefined,
    });
    this.#session = new MonitorSession(setup, {
      onLine: (line) => {
        this.#received++;
        this.#mailbox.put(line);
      },
      batchSize: Math.min(MOST_AT_ONCE, Math.max(1, (maxCommands ?? MAX_ITEMS) >> 1)),
      onBatch: () => letRead(() => this.#mailbox.length),
      onBegun: (since) => this.#onBegun(since),
      onFailed: (error) => this.#end(error),
    });
  }

  /** Whether the monitor has ended. Commands in its buffer can still be read. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Counters and gaps of the monitor: a snapshot. */
  get stats(): MonitorStats {
    return {
      received: this.#received,
      dropped: this.#gaps.dropped,
      buffered: this.#mailbox.length,
      gaps: this.#gaps.list(),
    };
  }

  /**
   * Connects. To be called once.
   *
   * @returns Resolves when the server has accepted MONITOR.
   * @ignore
   */
  async open(): Promise<void> {
    const { options: { signal }, timeout } = this.#setup;
    const budget = new Budget(timeout, () => {
      const cause = this.#session.lastError;
      const why = cause === undefined ? "there is no connection" : cause.message;
      this.#end(
        new TimeoutError(`Cannot complete MONITOR within ${timeout} ms: ${why}`, {
          phase: "queued",
          timeout,
          cause,
        }),
      );
    });
    try {
      if (signal?.aborted) this.#abort();
      else signal?.addEventListener("abort", this.#abort);
      if (!this.#ended) this.#session.start();
      await this.#begun.promise;
    } finally {
      budget.stop();
    }
  }

  /**
   * Ends the monitor. No further commands are received. Iterations end after the commands in the buffer have been read.
   *
   * @returns Resolves when its connection is closed.
   */
  stop(): Promise<void> {
    this.#end();
    return Promise.resolve();
  }

  /**
   * Ends the monitor at once, because the client is closed.
   *
   * @ignore
   */
  destroy(): void {
    this.#mailbox.clear();
    this.#end();
  }

  /** Ends the monitor at the end of an `await using` block, like {@linkcode Monitor.prototype.stop | Monitor.stop}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /**
   * Starts to read, or continues where the previous loop stopped.
   *
   * @returns An iterator that ends with the monitor. If an error ended the monitor, the iterator throws it.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<M, undefined> {
    const items = this.#mailbox[Symbol.asyncIterator]();
    const form = this.#setup.bytes ? "bytes" : "text";
    return {
      async next(): Promise<IteratorResult<M, undefined>> {
        const { value, done } = await items.next();
        if (done) return { value, done };
        const item = typeof value === "string" ? readMonitorLine(value, form as "text") : value;
        return { value: item as M, done: false };
      },
      async return(): Promise<IteratorResult<M, undefined>> {
        await items.return!();
        return { value: undefined, done: true };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  #onBegun(since: number | undefined): void {
    this.#begun.resolve();
    if (since === undefined) return;
    const gap: Gap = { reason: "reconnect", since, until: Date.now() };
    this.#gaps.tell(gap);
    if (this.#setup.options.gaps) this.#mailbox.put({ kind: "gap", ...gap });
  }

  readonly #abort = (): void => {
    this.#begun.reject(this.#setup.options.signal!.reason);
    this.#end();
  };

  #end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    const { options: { signal }, onEnded } = this.#setup;
    signal?.removeEventListener("abort", this.#abort);
    const reason = error ?? new ClosedError("Cannot complete MONITOR: it was ended");
    this.#begun.reject(reason);
    this.#gaps.tellOverflow();
    this.#session.close(reason);
    this.#mailbox.end(error);
    onEnded(this);
  }
}

refuseSurplusIn(Monitor.prototype, ["stop"]);
