/**
 * Commands on replication: which server is a primary, and whose replica another one is.
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

/** Where a server listens. */
export interface ServerAddress {
  /** Host name or IP address. */
  host: string;
  /** TCP port. */
  port: number;
}

/** Options for {@linkcode ReplicationCommands.failover}: how to fail over, or not to. */
export type FailoverOptions =
  | {
    /** The replica that takes over; by default whichever catches up first. */
    to?: ServerAddress;
    /** How long to wait for the replica to catch up, in milliseconds; by default for ever. */
    timeout?: number;
    /** Only with `to` and `timeout`. */
    force?: false;
    /** Not with the others. */
    abort?: false;
  }
  | {
    /** The replica that takes over. */
    to: ServerAddress;
    /** How long to wait for the replica to catch up, in milliseconds. */
    timeout: number;
    /** After that time, fail over even if the replica has not caught up: what it lacks is lost. */
    force?: boolean;
    /** Not with the others. */
    abort?: false;
  }
  | {
    /** Call off a failover that still waits for the replica. */
    abort?: boolean;
    /** Not with `abort`. */
    to?: undefined;
    /** Not with `abort`. */
    timeout?: undefined;
    /** Not with `abort`. */
    force?: false;
  };

/** A replica as its primary sees it. */
export interface ConnectedReplica extends ServerAddress {
  /** Up to where in the stream of changes the replica has confirmed to be. */
  offset: number;
}

/** What a primary answers to {@linkcode ReplicationCommands.role}. */
export interface PrimaryRole {
  /** Discriminant. */
  role: "primary";
  /** Length of the stream of changes so far. */
  offset: number;
  /** The replicas that are connected. */
  replicas: ConnectedReplica[];
}

/** What a replica answers to {@linkcode ReplicationCommands.role}. */
export interface ReplicaRole {
  /** Discriminant. */
  role: "replica";
  /** Its primary. */
  primary: ServerAddress;
  /** How far it is with connecting to it: `"connect"`, `"connecting"`, `"handshake"`, `"sync"`, `"connected"`. */
  state: string;
  /** Up to where in the stream of changes it is; −1 before the first one. */
  offset: number;
}

/** What {@linkcode ReplicationCommands.role} answers. */
export type Role = PrimaryRole | ReplicaRole;

const FAILOVER_OPTIONS: OptionShape<FailoverOptions> = {
  to: { host: "word", port: "word" },
  force: "flag",
  abort: "flag",
  timeout: "word",
};

/**
 * Commands on replication: which server is a primary, and whose replica another one is.
 *
 * All but {@linkcode ReplicationCommands.role} are for servers that are no cluster. A standalone client sends them to
 * the primary; to make a primary of a replica, connect a client to that replica alone.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class ReplicationCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Has a replica take over from the primary, without losing a change.
   *
   * The reply comes when that has begun: writes wait, the replica catches up, and the two change roles.
   *
   * Complexity O(1) · since 6.2.0
   *
   * @example Within ten seconds, or not at all
   * ```ts no-eval
   * await client.failover({ to: { host: "10.0.0.2", port: 6379 }, timeout: 10_000 }); // "OK"
   * ```
   *
   * @param options Which replica, and how long to wait for it.
   * @returns `"OK"` if it has begun, or was called off.
   * @throws {ServerError} If there is no such replica, the server is no primary, or there is nothing to call off.
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
   * Makes the server a replica of another one: its own data set is replaced.
   *
   * The reply comes at once; {@linkcode ReplicationCommands.role} tells how far it is.
   *
   * Complexity O(1) · since 5.0.0
   *
   * @example A replica, and a primary again
   * ```ts no-eval
   * await client.replicaof("10.0.0.1", 6379); // "OK"
   * await client.replicaof("no one"); // "OK"
   * ```
   *
   * @param host Host of the primary.
   * @param port Port of the primary.
   * @returns `"OK"`, also if it was its replica before.
   * @throws {ServerError} If the server is a node of a cluster.
   * @see {@link https://valkey.io/commands/replicaof/}
   */
  replicaof(host: string, port: number): Promise<PerRoutedNode<"OK", N>>;
  /** Makes the server a primary: it keeps its data set. */
  replicaof(noOne: AnyCase<"no one">): Promise<PerRoutedNode<"OK", N>>;
  /** Makes the server a replica of another one, or a primary. */
  replicaof(host: string, port?: number): Promise<PerRoutedNode<"OK", N>> {
    return this.send(replicaofWords("REPLICAOF", host, port), perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Tells the role of the server, and what goes with it.
   *
   * Complexity O(1) · since 2.8.12
   *
   * @example A primary without replicas
   * ```ts
   * const role = await client.role();
   * if (role.role === "primary") role.replicas.length; // 0
   * ```
   *
   * @returns The role: primary or replica.
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
   * @deprecated Use {@linkcode ReplicationCommands.replicaof}.
   *
   * @example A primary again
   * ```ts no-eval
   * await client.slaveof("no one"); // "OK"
   * ```
   *
   * @param host Host of the primary.
   * @param port Port of the primary.
   * @returns `"OK"`, also if nothing changes.
   * @throws {ServerError} If the server is a node of a cluster.
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
