/**
 * Ends requests that block on connections of their own (BLPOP, XREAD BLOCK) when their node is lost, or the network to
 * it.
 *
 * Such a connection receives nothing while its request blocks, so it does not show that its peer is gone.
 *
 * @module
 */

import { ServerError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import type { Connection } from "./connection.ts";
import type { Identity } from "./identity.ts";
import type { Loss } from "./reconnect.ts";
import type { Request } from "./request.ts";

/**
 * How long requests may still block on a node that is not the primary any more, in milliseconds. Such a server ends
 * them by itself, but checks only once a second.
 */
const ROLE_LOSS = 1500;

/** How the shared connection to the node was replaced. */
export interface Reconnection {
  /** The process at the other end now; null if the server does not tell it. */
  readonly identity: Identity | null;
  /** Why the old one is not in use any more. */
  readonly loss: Loss;
  /** Why the old connection was lost. */
  readonly reason: Error;
  /** Sends a command on the new connection. */
  call(words: Words): Promise<Reply>;
}

/** The blocking requests of one node, each on a connection of its own, with the other requests of its batch. */
export class BlockedRequests {
  readonly #requests = new Map<Connection, readonly Request[]>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  /** Requests that the server has unblocked before it executed them. */
  readonly #unexecuted = new WeakSet<Request>();

  /** Whether there are any. */
  get waiting(): boolean {
    return this.#requests.size > 0;
  }

  /**
   * Adds requests that were sent.
   *
   * @param connection Their connection, which has no other requests.
   * @param requests The requests; one of them blocks.
   */
  add(connection: Connection, requests: readonly Request[]): void {
    this.#requests.set(connection, requests);
  }

  /**
   * Removes a connection whose requests are settled or given up.
   *
   * @param connection The connection.
   */
  remove(connection: Connection): void {
    this.#requests.delete(connection);
    if (this.#requests.size === 0) this.clear();
  }

  /**
   * Whether a request was certainly not executed, although it was sent.
   *
   * @param request The request.
   */
  isUnexecuted(request: Request): boolean {
    return this.#unexecuted.has(request);
  }

  /**
   * Closes the connections that do not lead to the node any more, after the shared connection was replaced.
   *
   * - Another process answers, or it is not known which: all are closed. If the old connection was left, the old
   *   process is alive and gets some time to answer them.
   * - The same process answers after the shared connection was silent: the others are lost as well, but the server does
   *   not know it, and would hand the next element to one of them. So their requests are unblocked first.
   * - The same process answers after the shared connection was closed: those in its CLIENT LIST are kept.
   *
   * @param reconnection How the shared connection was replaced.
   */
  review({ identity, loss, reason, call }: Reconnection): void {
    const same = new Map<number, Connection>();
    const others: Connection[] = [];
    for (const connection of this.#requests.keys()) {
      const own = connection.identity;
      if (own && own.runId === identity?.runId) same.set(own.clientId, connection);
      else others.push(connection);
    }
    if (loss === "left" || loss === "renewed") return this.endSoon(reason, others);
    for (const connection of others) connection.close(reason);
    if (same.size === 0) return;
    if (loss === "closed") this.#confirm(same, call, reason);
    else for (const [id, connection] of same) this.#recall(id, connection, call, reason);
  }

  /**
   * Closes connections whose requests still block after a while. A live node that has lost its role answers them
   * before, so that no outcome is unknown.
   *
   * @param reason Why they are closed.
   * @param connections Which; by default all.
   */
  endSoon(reason: Error, connections: Iterable<Connection> = this.#requests.keys()): void {
    const present = Array.from(
      connections,
      (connection) => [connection, this.#requests.get(connection)] as const,
    );
    if (present.length === 0) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      for (const [connection, requests] of present) {
        if (this.#requests.get(connection) === requests) connection.close(reason);
      }
    }, ROLE_LOSS);
    this.#timers.add(timer);
  }

  /** Ends all waits. */
  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#requests.clear();
  }

  /** Has the server unblock a request, and closes its connection. */
  async #recall(
    clientId: number,
    connection: Connection,
    call: Reconnection["call"],
    reason: Error,
  ): Promise<void> {
    const requests = this.#requests.get(connection)!;
    try {
      // 1: it was blocked until now, so it took nothing. The requests behind it are executed now, though.
      const unblocked = await call(["CLIENT", "UNBLOCK", clientId, "ERROR"]) === 1;
      if (unblocked && requests.length === 1) this.#unexecuted.add(requests[0]);
    } catch (error) {
      // Without an answer, the next reconnection decides.
      if (!(error instanceof ServerError)) return;
    }
    if (this.#requests.get(connection) === requests) connection.close(reason);
  }

  /** Closes the connections that are not in the server's CLIENT LIST. */
  async #confirm(
    connections: ReadonlyMap<number, Connection>,
    call: Reconnection["call"],
    reason: Error,
  ): Promise<void> {
    let list = "";
    try {
      list = String(await call(["CLIENT", "LIST", "ID", ...connections.keys()]));
    } catch (error) {
      if (!(error instanceof ServerError)) return;
    }
    const known = new Set([...list.matchAll(/^id=(\d+) /gm)].map(([, id]) => Number(id)));
    for (const [id, connection] of connections) {
      if (!known.has(id) && this.#requests.has(connection)) connection.close(reason);
    }
  }
}
