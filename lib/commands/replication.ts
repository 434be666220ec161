/**
 * Commands for replication: roles, failover, and the primary of a replica.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { type AnyCase, appendFlag, appendOption, isWord } from "./_args.ts";
import { elements, toNumber, toOk, toText, unexpected } from "./_decode.ts";
import { optionsOf } from "./_options.ts";
import { type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";

/** Address of a server. */
export interface ServerAddress {
  /** Host name or IP address. */
  host: string;
  /** TCP port. */
  port: number;
}

/** Options for {@linkcode ReplicationCommands.prototype.failover | ReplicationCommands.failover}. */
export type FailoverOptions =
  | {
    /** Replica to promote. By default the first one that is in sync. */
    to?: ServerAddress;
    /** Time limit for the replica to be in sync, in milliseconds. By default there is none. */
    timeout?: number;
    /** Only allowed with `to` and `timeout`. */
    force?: false;
    /** Cannot be combined with the other options. */
    abort?: false;
  }
  | {
    /** Replica to promote. */
    to: ServerAddress;
    /** Time limit for the replica to be in sync, in milliseconds. */
    timeout: number;
    /** Fail over after the time limit even if the replica is not in sync. Writes that it lacks are lost. */
    force?: boolean;
    /** Cannot be combined with the other options. */
    abort?: false;
  }
  | {
    /** Cancel a failover that is still waiting for the replica. */
    abort?: boolean;
    /** Cannot be combined with `abort`. */
    to?: undefined;
    /** Cannot be combined with `abort`. */
    timeout?: undefined;
    /** Cannot be combined with `abort`. */
    force?: false;
  };

/** A replica from the view of its primary. */
export interface ConnectedReplica extends ServerAddress {
  /** Replication offset that the replica has acknowledged. */
  offset: number;
}

/** Role of a primary, as returned by {@linkcode ReplicationCommands.prototype.role | ReplicationCommands.role}. */
export interface PrimaryRole {
  /** The role. */
  role: "primary";
  /** Replication offset of the primary. */
  offset: number;
  /** Connected replicas. */
  replicas: ConnectedReplica[];
}

/** Role of a replica, as returned by {@linkcode ReplicationCommands.prototype.role | ReplicationCommands.role}. */
export interface ReplicaRole {
  /** The role. */
  role: "replica";
  /** Address of the primary. */
  primary: ServerAddress;
  /** State of the connection to the primary: `"connect"`, `"connecting"`, `"handshake"`, `"sync"` or `"connected"`. */
  state: string;
  /** Replication offset of the replica; −1 before the first synchronization. */
  offset: number;
}

/** Role of a server, as returned by {@linkcode ReplicationCommands.prototype.role | ReplicationCommands.role}. */
export type Role = PrimaryRole | ReplicaRole;

const FAILOVER_OPTIONS: OptionShape<FailoverOptions> = {
  to: { host: "word", port: "word" },
  force: "flag",
  abort: "flag",
  timeout: "word",
};

/**
 * Commands for replication: roles, failover, and the primary of a replica.
 *
 * All except {@linkcode ReplicationCommands.prototype.role | ReplicationCommands.role} are for servers that are not in
 * cluster mode. A standalone client sends them to the primary. To promote a replica, connect a client to that replica
 * only.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches.
 */
export abstract class ReplicationCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Starts a failover from the primary to a replica, without losing writes.
   *
   * The reply arrives when the failover has started. Then writes are paused, the replica catches up, and the two
   * servers swap roles.
   *
   * Complexity O(1) · since 6.2.0
   *
   * @example Fail over to a replica within ten seconds
   * ```ts no-eval
   * await client.failover({ to: { host: "10.0.0.2", port: 6379 }, timeout: 10_000 }); // "OK"
   * ```
   *
   * @param options Replica to promote, time limit, or whether to cancel.
   * @returns `"OK"` if the failover has started, or was cancelled.
   * @throws {ServerError} If the replica is not connected, the server is not a primary, or there is no failover to
   * cancel.
   * @see {@link https://valkey.io/commands/failover/}
   */
  failover(options?: FailoverOptions): Promise<PerRoutedNode<"OK", N>> {
    const words: Words = ["FAILOVER"];
    const { to, force, abort, timeout } = optionsOf(words, options, FAILOVER_OPTIONS);
    if (to !== undefined) words.push("TO", to.host, to.port);
    appendFlag(words, "FORCE", force);
    appendFlag(words, "ABORT", abort);
    appendOption(words, "TIMEOUT", timeout);
    return this.send(words, perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Makes the server a replica of another one.
   *
   * Its data set is replaced.
   *
   * The reply arrives at once. {@linkcode ReplicationCommands.prototype.role | ReplicationCommands.role} returns the
   * progress.
   *
   * Complexity O(1) · since 5.0.0
   *
   * @example Make a server a replica, then a primary again
   * ```ts no-eval
   * await client.replicaof("10.0.0.1", 6379); // "OK"
   * await client.replicaof("no one"); // "OK"
   * ```
   *
   * @param host Host of the primary.
   * @param port Port of the primary.
   * @returns Always `"OK"`, even if nothing changes.
   * @throws {ServerError} If the server is in cluster mode.
   * @see {@link https://valkey.io/commands/replicaof/}
   */
  replicaof(host: string, port: number): Promise<PerRoutedNode<"OK", N>>;
  /** Makes the server a primary. It keeps its data set. */
  replicaof(noOne: AnyCase<"no one">): Promise<PerRoutedNode<"OK", N>>;
  /** Makes the server a replica of another one, or a primary. */
  replicaof(host: string, port?: number): Promise<PerRoutedNode<"OK", N>> {
    return this.send(replicaofWords("REPLICAOF", host, port), perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Returns the role of the server, with its replicas or its primary.
   *
   * Complexity O(1) · since 2.8.12
   *
   * @example A primary without replicas
   * ```ts
   * const role = await client.role();
   * if (role.role === "primary") role.replicas.length; // 0
   * ```
   *
   * @returns The role, told apart by the field `role`: `"primary"` or `"replica"`.
   * @see {@link https://valkey.io/commands/role/}
   */
  role(): Promise<PerRoutedNode<Role, N>> {
    return this.send(["ROLE"], perRoutedNode<Role, N>(toRole));
  }

  /**
   * Makes the server a replica of another one, or a primary.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @deprecated Use {@linkcode ReplicationCommands.prototype.replicaof | ReplicationCommands.replicaof}.
   *
   * @example Make a server a primary
   * ```ts no-eval
   * await client.slaveof("no one"); // "OK"
   * ```
   *
   * @param host Host of the primary.
   * @param port Port of the primary.
   * @returns Always `"OK"`, even if nothing changes.
   * @throws {ServerError} If the server is in cluster mode.
   * @see {@link https://valkey.io/commands/slaveof/}
   */
  slaveof(host: string, port: number): Promise<PerRoutedNode<"OK", N>>;
  /** Makes the server a primary. */
  slaveof(noOne: AnyCase<"no one">): Promise<PerRoutedNode<"OK", N>>;
  /** Makes the server a replica of another one, or a primary. */
  slaveof(host: string, port?: number): Promise<PerRoutedNode<"OK", N>> {
    return this.send(replicaofWords("SLAVEOF", host, port), perRoutedNode<"OK", N>(toOk));
  }
}

function replicaofWords(command: string, host: string, port: number | undefined): Words {
  if (port !== undefined) return [command, host, port];
  if (isWord(host, "no one")) return [command, "NO", "ONE"];
  return [
    command,
    new TypeError(`Cannot send ${command}: expected a host and a port, or "no one"`),
  ];
}

function toRole(reply: Reply): Role {
  const parts = elements(reply);
  switch (toText(parts[0] ?? null)) {
    case "master":
      return {
        role: "primary",
        offset: toNumber(parts[1]),
        replicas: elements(parts[2]).map(toConnectedReplica),
      };
    case "slave":
      return {
        role: "replica",
        primary: { host: toText(parts[1]), port: toNumber(parts[2]) },
        state: toText(parts[3]),
        offset: toNumber(parts[4]),
      };
    default:
      return unexpected(reply, "the role of a primary or a replica");
  }
}

function toConnectedReplica(reply: Reply): ConnectedReplica {
  const [host, port, offset] = elements(reply);
  return { host: toText(host), port: toNumber(port), offset: toNumber(offset) };
}
