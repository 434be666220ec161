/**
 * What becomes of requests that block on connections of their own (BLPOP, XREAD BLOCK) when the node, or the way to it,
 * turns out to be lost.
 *
 * Such a connection is quiet for as long as its request blocks, so it does not show by itself that its peer is gone.
 *
 * @module
 */

import { ServerError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import type { Connection } from "./connection.ts";
import type { Identity } from "./identity.ts";
import type { Request } from "./request.ts";

/**
 * How long requests may block on a node that has lost its role, in milliseconds. Servers look for such requests once a
 * second.
 */
const ROLE_LOSS = 1500;

/** How the shared connection to the node came to be a new one. */
export interface Reconnection {
  /** Who is at the other end now; null if the server does not tell it. */
  readonly identity: Identity | null;
  /**
   * What became of the old one: `"closed"` by the peer or on the way, `"silent"` although the node answered a new one, or
   * `"left"`, because a new one to the same name seemed to lead to another node.
   */
  readonly old: "closed" | "silent" | "left";
  /** Why the old connection was lost. */
  readonly reason: Error;
  /** Sends a command on the new connection. */
  call(words: Words): Promise<Reply>;
}

/** The requests of one node that block, each on its connection, perhaps with the rest of its batch. */
export class BlockedRequests {
  readonly #requests = new Map<Connection, readonly Request[]>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  /** Requests that the server has given up unexecuted. */
  readonly #unexecuted = new WeakSet<Request>();

  /** Whether there are any. */
  get waiting(): boolean {
    return this.#requests.size > 0;
  }

  /**
   * Takes note of requests that were sent.
   *
   * @param connection Their connection, which serves nobody else.
   * @param requests The requests; one of them blocks.
   */
  add(connection: Connection, requests: readonly Request[]): void {
    this.#requests.set(connection, requests);
  }

  /**
   * Takes note that a connection does not serve its requests any more.
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
   * - Another process answers, or nobody tells which: all are closed. If the old connection was left, the process at its
   *   other end lives, and gets the time to answer them.
   * - The same process answers, and the old shared connection was silent: the others are as silent. The server still
   *   believes in them, and would hand the next element to one of them, so it is first told to give their requests up.
   * - The same process answers after the shared connection was closed: those that the server still has are kept.
   *
   * @param reconnection How the shared connection was replaced.
   */
  review({ identity, old, reason, call }: Reconnection): void {
    const same = new Map<number, Connection>();
    const others: Connection[] = [];
    for (const connection of this.#requests.keys()) {
      const own = connection.identity;
      if (own && own.runId === identity?.runId) same.set(own.clientId, connection);
      else others.push(connection);
    }
    if (old === "left") return this.endSoon(reason, others);
    for (const connection of others) connection.close(reason);
    if (same.size === 0) return;
    if (old === "closed") this.#confirm(same, call, reason);
    else for (const [id, connection] of same) this.#recall(id, connection, call, reason);
  }

  /**
   * Closes the connections of the requests that still block after a while. A node that lives and has lost its role answers
   * them before that, so that nothing is unknown.
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

  /** Has the server give up a request, and closes its connection. */
  async #recall(
    clientId: number,
    connection: Connection,
    call: Reconnection["call"],
    reason: Error,
  ): Promise<void> {
    const requests = this.#requests.get(connection)!;
    try {
      // 1 says that it was blocked until then, and so has taken nothing. What came behind it is executed now, though.
      const unblocked = await call(["CLIENT", "UNBLOCK", clientId, "ERROR"]) === 1;
      if (unblocked && requests.length === 1) this.#unexecuted.add(requests[0]);
    } catch (error) {
      // Without an answer, the next reconnection decides.
      if (!(error instanceof ServerError)) return;
    }
    if (this.#requests.get(connection) === requests) connection.close(reason);
  }

  /** Closes the connections that the server does not have any more, or does not say that it has. */
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
