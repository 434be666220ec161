/**
 * A client behind an object that other libraries take for one of ioredis or node-redis: with the states and events of
 * ioredis, and opened, closed and opened again by the same object.
 *
 * @module
 */

import type { EventEmitter } from "node:events";
import { delay } from "@std/async/delay";
import type { Client } from "../client/client.ts";
import type { ClusterRequestOptions } from "../dispatch/request_options.ts";
import { ClosedError, ConnectionError, ServerError, TimeoutError } from "../errors.ts";
import type { ClientEvent, EventAddress } from "../events.ts";
import type { Argument, Reply } from "../resp/reply.ts";
import { taken } from "../words.ts";

/** Wait before something is tried again that failed at once because there is no server, in milliseconds. */
const PAUSE = 50;

/** State of a connection, in the words of ioredis: `wait` before the first use, `end` after the last. */
export type ConnectionStatus =
  | "wait"
  | "connecting"
  | "ready"
  | "reconnecting"
  | "disconnecting"
  | "end";

/** What a {@linkcode ReopenedClient} is made of. */
export interface ReopenedClientParts {
  /** Whether its clients are for a cluster. */
  readonly isCluster: boolean;
  /** Whether a command that could not be sent is given up. Others wait until there is a server again. */
  readonly failsFast: boolean;
  /** Emits its events. */
  readonly emitter: EventEmitter;
  /** Whether the client belongs to somebody else, so that it stays open. */
  readonly isShared?: boolean;
  /** Makes a client that connects with its first request. */
  create(): Promise<Client>;
  /**
   * Makes the error of a command that was lost with the connection, or cannot be sent any more; by default
   * `Connection is closed.`
   */
  lost?(cause?: unknown): unknown;
  /** Called when the server has answered for the first time, before `ready`. */
  onOpen(client: Client): Promise<void>;
  /** Called when a node was reached again. */
  onReached(): void;
}

/** A command that waits for the client. */
interface Waiting {
  readonly send: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A client that can be opened again, with the states and events of a connection of ioredis.
 *
 * It emits `connect` and `ready` when the server is reached, `close` and `reconnecting` when it is lost, `close` and
 * `end` when it is closed, and `error` for each failed attempt to connect, if somebody listens.
 */
export class ReopenedClient {
  /** The state. Libraries may set it. */
  status: string = "wait" satisfies ConnectionStatus;
  /** The primaries, by the last event. */
  primaries: readonly EventAddress[] = [];
  readonly #parts: ReopenedClientParts;
  #client: Client | null = null;
  #opening: Promise<void> | null = null;
  /** Counts the clients, so that one that is made too late can be told. */
  #epoch = 0;
  #waiting: Waiting[] = [];
  /** What the present client tells. */
  #events: AsyncIterator<ClientEvent> | null = null;
  /** Aborted when the present client is not used any more. */
  #leaving = new AbortController();
  /** Addresses of the nodes that are connected. */
  readonly #connected = new Set<string>();
  /** Resolves when clients that were closed are gone. */
  #gone: Promise<unknown> = Promise.resolve();

  /**
   * Makes one that opens with its first use.
   *
   * @param parts What it is made of.
   */
  constructor(parts: ReopenedClientParts) {
    this.#parts = parts;
  }

  /** Whether it was closed, or is being closed. */
  get isClosed(): boolean {
    return this.status === "end" || this.status === "disconnecting";
  }

  /**
   * Opens it, also after its end. It tries until there is a server.
   *
   * @returns Resolves when the server has answered.
   * @throws {Error} If it is closed meanwhile.
   * @throws {ConfigurationError} If an option is bad.
   * @throws {ServerError} If the server refuses the credentials.
   */
  connect(): Promise<void> {
    if (this.status === "ready" && this.#client !== null) return Promise.resolve();
    if (this.#opening !== null) return this.#opening;
    const opening = this.#open().finally(() => {
      if (this.#opening === opening) this.#opening = null;
    });
    return this.#opening = opening;
  }

  /**
   * Closes it at once: commands under way reject with `Connection is closed.`
   *
   * @param reconnect Whether to open it again.
   */
  disconnect(reconnect: boolean): void {
    const ended = this.status === "end";
    const client = this.#leave(reconnect && !ended ? "reconnecting" : "end");
    if (client !== null) {
      this.#destroy(client);
      this.#gone = Promise.all([this.#gone, this.#close(client)]);
    }
    if (ended) return;
    const { emitter } = this.#parts;
    const epoch = this.#epoch;
    queueMicrotask(() => {
      // It may have been closed since, or opened by a command.
      if (reconnect && this.isClosed) return;
      emitter.emit("close");
      if (!reconnect) return void emitter.emit("end");
      emitter.emit("reconnecting");
      if (epoch === this.#epoch) this.connect().catch((error) => this.#report(error));
    });
  }

  /**
   * Closes it when the commands under way have their replies. Blocking ones end at once.
   *
   * @returns `"OK"`, when nothing of it is left.
   */
  quit(): Promise<"OK"> {
    const wasClosed = this.isClosed;
    const client = this.#leave("disconnecting");
    const gone = this.#gone = Promise.all([this.#gone, client && this.#close(client)]);
    let tells = !wasClosed;
    const done = gone.then((): "OK" => {
      // disconnect() has told the end itself.
      tells &&= this.status !== "end";
      if (this.status === "disconnecting") this.status = "end" satisfies ConnectionStatus;
      return "OK";
    });
    if (!wasClosed) {
      // The events come after the caller was told: libraries begin to listen when they have waited for the end.
      queueMicrotask(() =>
        done.then(() => {
          if (!tells) return;
          this.#parts.emitter.emit("close");
          this.#parts.emitter.emit("end");
        })
      );
    }
    return done;
  }

  /**
   * Sends a command, when there is a client.
   *
   * @param words Its words.
   * @param options Where it goes.
   * @returns The reply.
   * @throws {Error} `Connection is closed.`, if it was lost with the connection.
   */
  send(words: readonly Argument[], options?: ClusterRequestOptions): Promise<Reply> {
    // They are taken at the call, also where they have to wait.
    const own = this.#client === null ? words.map(taken) : words;
    return this.use((client) => client.customCommand(own, options));
  }

  /**
   * Runs something with the client, and again if it could not be sent.
   *
   * @param run What to run. It rejects with the error of the client.
   * @returns What it answered.
   * @throws {Error} `Connection is closed.`, if it was lost with the connection.
   */
  use<R>(run: (client: Client) => Promise<R>): Promise<R> {
    const client = this.#client;
    if (client !== null) {
      return run(client).catch((error) => this.#afterFailure(client, run, error));
    }
    if (this.isClosed) return Promise.reject(this.#lost());
    return new Promise<R>((resolve, reject) => {
      this.#waiting.push({ send: () => resolve(this.use(run)), reject });
      this.connect().catch(() => {});
    });
  }

  /** Waits a little, but not longer than the client is used. */
  async pause(): Promise<void> {
    await delay(PAUSE, { signal: this.#leaving.signal }).catch(() => {});
  }

  async #afterFailure<R>(
    client: Client,
    run: (client: Client) => Promise<R>,
    error: unknown,
  ): Promise<R> {
    if (client !== this.#client || this.#parts.failsFast || !wasNeverSent(error)) {
      throw this.#translated(error);
    }
    if (!(error instanceof TimeoutError)) await this.pause();
    if (client !== this.#client) throw this.#translated(error);
    return await this.use(run);
  }

  async #open(): Promise<void> {
    if (this.#client === null) {
      this.status = "connecting" satisfies ConnectionStatus;
      const epoch = ++this.#epoch;
      let made: Client;
      try {
        made = await this.#parts.create();
      } catch (error) {
        if (epoch === this.#epoch) this.#fail(error);
        throw error;
      }
      if (epoch !== this.#epoch) {
        this.#destroy(made);
        throw this.#lost();
      }
      this.#client = made;
      this.#follow(made);
      for (const { send } of this.#waiting.splice(0)) send();
    }
    const client = this.#client;
    await this.#reach(client);
    await this.#parts.onOpen(client).catch((error) => {
      if (this.#client !== client) throw this.#translated(error);
      this.#report(error);
    });
    if (this.#client !== client) throw this.#lost();
    this.#becomeReady();
  }

  /** Asks until a server answers. */
  async #reach(client: Client): Promise<void> {
    const options: ClusterRequestOptions | undefined = this.#parts.isCluster
      ? { route: "random" }
      : undefined;
    for (;;) {
      try {
        return void await client.customCommand(["PING"], options);
      } catch (error) {
        if (this.#client !== client) throw this.#translated(error);
        if (!(error instanceof ConnectionError || error instanceof TimeoutError)) {
          // A user who may not run PING has reached the server all the same.
          if (error instanceof ServerError && error.command === "PING") return;
          this.#destroy(client);
          this.#fail(error);
          throw error;
        }
        await this.pause();
        if (this.#client !== client) throw this.#translated(error);
      }
    }
  }

  /** Gives the client up because of an error that another attempt will not change. */
  #fail(error: unknown): void {
    const waiting = this.#waiting.splice(0);
    this.#leave("wait");
    for (const { reject } of waiting) reject(error);
    this.#report(error);
  }

  /** Forgets the client. */
  #leave(status: ConnectionStatus): Client | null {
    const client = this.#client;
    this.#client = null;
    this.#opening = null;
    this.#epoch++;
    this.#connected.clear();
    this.#events?.return?.();
    this.#events = null;
    this.#leaving.abort();
    this.#leaving = new AbortController();
    this.status = status;
    const error = this.#lost();
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    return client;
  }

  /** Takes over the events of a client. */
  async #follow(client: Client): Promise<void> {
    const events = this.#events = client.events[Symbol.asyncIterator]();
    for (;;) {
      const { value: event, done } = await events.next();
      if (done || client !== this.#client) return;
      try {
        this.#onEvent(event);
      } catch (error) {
        // An error of a listener is that of the program, as with any other emitter.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  #onEvent(event: ClientEvent): void {
    switch (event.type) {
      case "connected":
        this.#connected.add(`${event.host}:${event.port}`);
        if (this.status === "connecting") return;
        this.#parts.onReached();
        if (this.status === "reconnecting") this.#becomeReady();
        return;
      case "disconnected":
        this.#connected.delete(`${event.host}:${event.port}`);
        if (this.#connected.size > 0 || this.status !== "ready") return;
        this.status = "reconnecting" satisfies ConnectionStatus;
        this.#parts.emitter.emit("close");
        this.#parts.emitter.emit("reconnecting");
        return;
      case "reconnecting":
        return this.#report(event.error);
      case "topology":
        this.primaries = event.primaries;
        return;
      case "closed":
        // Its owner has closed it.
        if (this.#parts.isShared) this.disconnect(false);
    }
  }

  #destroy(client: Client): void {
    if (!this.#parts.isShared) client.destroy();
  }

  async #close(client: Client): Promise<void> {
    if (!this.#parts.isShared) await client.close();
  }

  #lost(cause?: unknown): unknown {
    return this.#parts.lost?.(cause) ?? connectionIsClosed(cause);
  }

  #translated(error: unknown): unknown {
    return wasLost(error) ? this.#lost(error) : error;
  }

  #becomeReady(): void {
    this.status = "ready" satisfies ConnectionStatus;
    this.#parts.emitter.emit("connect");
    this.#parts.emitter.emit("ready");
  }

  /** Emits an error, if somebody listens: an emitter throws otherwise. */
  #report(error: unknown): void {
    const { emitter } = this.#parts;
    if (emitter.listenerCount("error") > 0) emitter.emit("error", error);
  }
}

/** Whether the server never saw a request. */
function wasNeverSent(error: unknown): boolean {
  return error instanceof TimeoutError && error.phase === "queued" ||
    error instanceof ConnectionError && !error.maybeExecuted;
}

/**
 * Makes the error that libraries expect when a request was lost with its connection.
 *
 * @param error The error of the client.
 * @returns That error with the client's as its cause; any other error as it is.
 */
export function translated(error: unknown): unknown {
  return wasLost(error) ? connectionIsClosed(error) : error;
}

function wasLost(error: unknown): boolean {
  return error instanceof ClosedError || error instanceof ConnectionError ||
    error instanceof TimeoutError && error.phase === "queued";
}

/** Libraries know this error by its text. */
function connectionIsClosed(cause?: unknown): Error {
  return new Error("Connection is closed.", { cause });
}
