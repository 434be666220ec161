/**
 * Commands for connections.
 *
 * Commands that would change the shared connection for all callers (SELECT, AUTH, CLIENT REPLY, …) are not available.
 * Use the options of the client instead.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import {
  type AnyCase,
  appendFlag,
  appendOption,
  type AtMostOne,
  type ExactlyOne,
  type Key,
  type Value,
} from "./_args.ts";
import {
  appendClientFilter,
  type ClientFilter,
  type ClientInfo,
  toClientInfo,
  toClientInfos,
} from "./_client_info.ts";
import {
  elements,
  toBoolean,
  toBulk,
  toBulks,
  toNumber,
  toOk,
  toPairs,
  toText,
  toTextOrNull,
} from "./_decode.ts";
import { optionsOf } from "./_options.ts";
import { type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";

/** Options for {@linkcode ConnectionCommands.prototype.clientPause | ConnectionCommands.clientPause}. At most one. */
export type ClientPauseOptions = AtMostOne<{
  /** Pause only commands that write, publish or run scripts. */
  write: boolean;
  /** Pause all commands. This is the default. */
  all: boolean;
}>;

/**
 * Options for {@linkcode ConnectionCommands.prototype.clientUnblock | ConnectionCommands.clientUnblock}. At most one.
 */
export type ClientUnblockOptions = AtMostOne<{
  /** End the blocked command as if its timeout had expired. This is the default. */
  timeout: boolean;
  /** End the blocked command with an error (`UNBLOCKED`). */
  error: boolean;
}>;

/**
 * Options for {@linkcode ConnectionCommands.prototype.clientSetinfo | ConnectionCommands.clientSetinfo}. Exactly one.
 */
export type ClientSetinfoOptions = ExactlyOne<{
  /** Name of the client library. */
  libName: string;
  /** Version of the client library. */
  libVer: string;
}>;

/**
 * State of key tracking, as returned by
 * {@linkcode ConnectionCommands.prototype.clientTrackinginfo | ConnectionCommands.clientTrackinginfo}.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface TrackingInfo<T extends string | Uint8Array = string> {
  /** Tracking mode: `"off"`, `"on"`, `"bcast"`, `"optin"`, … */
  flags: string[];
  /** Id of the connection that receives the invalidations; 0 for this connection, −1 without tracking. */
  redirect: number;
  /** Prefixes of the tracked keys; empty if all keys are tracked. */
  prefixes: T[];
}

const CLIENT_PAUSE_OPTIONS: OptionShape<ClientPauseOptions> = { write: "flag", all: "flag" };

const CLIENT_SETINFO_OPTIONS: OptionShape<ClientSetinfoOptions> = {
  libName: "word",
  libVer: "word",
};

const CLIENT_UNBLOCK_OPTIONS: OptionShape<ClientUnblockOptions> = {
  timeout: "flag",
  error: "flag",
};

/**
 * Commands to test connections, and to list and close the connections of all clients.
 *
 * A client has several connections: one per server, and more for blocking commands. "The connection" in these methods
 * is the shared connection to a server. A setting made on it is lost when it breaks and the client reconnects.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches. */
export abstract class ConnectionCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Returns the name of the connection.
   *
   * Complexity O(1) · since 2.6.9
   *
   * @example A client without a name
   * ```ts
   * await client.clientGetname(); // null
   * ```
   *
   * @returns The name, as set by the client's option `clientName`; null if there is none.
   * @see {@link https://valkey.io/commands/client-getname/}
   */
  clientGetname(): Promise<PerRoutedNode<string | null, N>> {
    return this.send(["CLIENT", "GETNAME"], perRoutedNode<string | null, N>(toTextOrNull));
  }

  /**
   * Returns the id of the connection that receives the invalidations for this connection.
   *
   * Complexity O(1) · since 6.0.0
   *
   * @example A client that does not track keys
   * ```ts
   * await client.clientGetredir(); // -1
   * ```
   *
   * @returns The id; 0 for this connection, −1 without tracking.
   * @see {@link https://valkey.io/commands/client-getredir/}
   */
  clientGetredir(): Promise<PerRoutedNode<number, N>> {
    return this.send(["CLIENT", "GETREDIR"], perRoutedNode<number, N>(toNumber));
  }

  /**
   * Returns the id of the connection.
   *
   * Ids increase: a later connection to the same server has a higher id.
   *
   * Complexity O(1) · since 5.0.0
   *
   * @example Find the connection in the list
   * ```ts
   * const id = await client.clientId();
   * const [self] = await client.clientList({ id });
   * self.cmd; // "client|list"
   * ```
   *
   * @returns The id.
   * @see {@link https://valkey.io/commands/client-id/}
   */
  clientId(): Promise<PerRoutedNode<number, N>> {
    return this.send(["CLIENT", "ID"], perRoutedNode<number, N>(toNumber));
  }

  /**
   * Marks the connection as an import source, or removes the mark.
   *
   * In import mode, an import source can access keys that have logically expired.
   *
   * Complexity O(1) · since Valkey 8.1
   *
   * @example Import a database
   * ```ts
   * await client.customCommand(["CONFIG", "SET", "import-mode", "yes"]);
   * await client.clientImportSource("on"); // "OK"
   * // … import …
   * await client.customCommand(["CONFIG", "SET", "import-mode", "no"]);
   * ```
   *
   * @param state Whether the connection is an import source.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the server is not in import mode.
   * @see {@link https://valkey.io/commands/client-import-source/}
   */
  clientImportSource(state: AnyCase<"on" | "off">): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["CLIENT", "IMPORT-SOURCE", state], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Returns information about the connection.
   *
   * Complexity O(1) · since 6.2.0
   *
   * @example User and database of the connection
   * ```ts
   * const { user, db } = await client.clientInfo();
   * user; // "default"
   * db; // 0
   * ```
   *
   * @returns Properties of the connection.
   * @see {@link https://valkey.io/commands/client-info/}
   */
  clientInfo(): Promise<PerRoutedNode<ClientInfo, N>> {
    return this.send(["CLIENT", "INFO"], perRoutedNode<ClientInfo, N>(toClientInfo));
  }

  /**
   * Closes connections, including those of other clients.
   *
   * With only `id` or `addr`, the command is sent on a separate connection. It does not wait for other requests, and
   * can close the shared connection of this client. With other conditions it is sent on the shared connection, which is
   * not closed unless `skipme` is false.
   *
   * Complexity O(N) for N connections · since 2.4.0
   *
   * @example Close the connections from an address
   * ```ts
   * await client.clientKill({ addr: "127.0.0.1:1" }); // 0
   * ```
   *
   * @param filter Conditions for the connections.
   * @returns Number of closed connections.
   * @throws {ServerError} If the filter is empty, its user does not exist, or the server does not support a condition.
   * @see {@link https://valkey.io/commands/client-kill/}
   */
  clientKill(filter: ClientFilter): Promise<number> {
    return this.send(appendClientFilter(["CLIENT", "KILL"], filter), toNumber);
  }

  /**
   * Returns the connections of all clients.
   *
   * Complexity O(N) for N connections · since 2.4.0
   *
   * @example Count the normal connections
   * ```ts
   * const connections = await client.clientList({ type: "normal" });
   * connections.length; // 1
   * ```
   *
   * @param filter Conditions for the connections. By default all are returned. Conditions other than `type` and `id`
   * require Valkey 8.1.
   * @returns Properties of each connection.
   * @throws {ServerError} If the server does not support a condition.
   * @see {@link https://valkey.io/commands/client-list/}
   */
  clientList(filter?: ClientFilter): Promise<PerRoutedNode<ClientInfo[], N>> {
    return this.send(
      appendClientFilter(["CLIENT", "LIST"], filter),
      perRoutedNode<ClientInfo[], N>(toClientInfos),
    );
  }

  /**
   * Excludes the connection from client eviction, or includes it again.
   *
   * Servers evict connections when their buffers exceed `maxmemory-clients`.
   *
   * Complexity O(1) · since 7.0.0
   *
   * @example Protect the connection of an administration tool
   * ```ts
   * await client.clientNoEvict("on"); // "OK"
   * ```
   *
   * @param state Whether the connection is excluded.
   * @returns Always `"OK"`.
   * @see {@link https://valkey.io/commands/client-no-evict/}
   */
  clientNoEvict(state: AnyCase<"on" | "off">): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["CLIENT", "NO-EVICT", state], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Makes commands of the connection leave the last access time and frequency of keys unchanged, or ends this mode.
   *
   * Complexity O(1) · since 7.2.0
   *
   * @example Read keys without affecting eviction
   * ```ts
   * await client.clientNoTouch("on"); // "OK"
   * ```
   *
   * @param state Whether the mode is on.
   * @returns Always `"OK"`.
   * @see {@link https://valkey.io/commands/client-no-touch/}
   */
  clientNoTouch(state: AnyCase<"on" | "off">): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["CLIENT", "NO-TOUCH", state], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Pauses the commands of all clients for some time.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Pause writes for 100 ms
   * ```ts
   * await client.clientPause(100, { write: true }); // "OK"
   * await client.clientUnpause(); // "OK"
   * ```
   *
   * @param timeout Duration in milliseconds.
   * @param options Which commands to pause (since 6.2.0).
   * @returns `"OK"` at once.
   * @see {@link https://valkey.io/commands/client-pause/}
   */
  clientPause(timeout: number, options?: ClientPauseOptions): Promise<"OK"> {
    const words: Words = ["CLIENT", "PAUSE", timeout];
    const { write, all } = optionsOf(words, options, CLIENT_PAUSE_OPTIONS);
    appendFlag(words, "WRITE", write);
    appendFlag(words, "ALL", all);
    return this.send(words, toOk);
  }

  /**
   * Sets the library name or version of the connection, for CLIENT LIST.
   *
   * The client sets its own name and version whenever it connects. Use this method in libraries that build on it.
   *
   * Complexity O(1) · since 7.2.0
   *
   * @example Set the name of a library
   * ```ts
   * await client.clientSetinfo({ libName: "my-cache" }); // "OK"
   * ```
   *
   * @param options Name or version of the library.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the value contains spaces, line breaks or other special characters.
   * @see {@link https://valkey.io/commands/client-setinfo/}
   */
  clientSetinfo(options: ClientSetinfoOptions): Promise<"OK"> {
    const words: Words = ["CLIENT", "SETINFO"];
    const { libName, libVer } = optionsOf(words, options, CLIENT_SETINFO_OPTIONS);
    appendOption(words, "LIB-NAME", libName);
    appendOption(words, "LIB-VER", libVer);
    return this.send(words, toOk);
  }

  /**
   * Sets the name of the connection, for CLIENT LIST.
   *
   * Prefer the client's option `clientName`: it applies to all connections and is kept after a reconnect.
   *
   * Complexity O(1) · since 2.6.9
   *
   * @example Name the connection
   * ```ts
   * await client.clientSetname("nightly-import"); // "OK"
   * ```
   *
   * @param name The name. An empty name removes it.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the name contains spaces, line breaks or other special characters.
   * @see {@link https://valkey.io/commands/client-setname/}
   */
  clientSetname(name: Key): Promise<"OK"> {
    return this.send(["CLIENT", "SETNAME", name], toOk);
  }

  /**
   * Returns the state of key tracking for the connection.
   *
   * Complexity O(1) · since 6.2.0
   *
   * @example A client that does not track keys
   * ```ts
   * await client.clientTrackinginfo(); // { flags: ["off"], redirect: -1, prefixes: [] }
   * ```
   *
   * @returns Tracking mode, redirection and prefixes.
   * @see {@link https://valkey.io/commands/client-trackinginfo/}
   */
  clientTrackinginfo(): Promise<PerRoutedNode<TrackingInfo<T>, N>> {
    return this.send(["CLIENT", "TRACKINGINFO"], perRoutedNode<TrackingInfo<T>, N>(toTrackingInfo));
  }

  /**
   * Unblocks a connection that waits in a blocking command.
   *
   * Complexity O(log N) for N connections · since 5.0.0
   *
   * @example A connection that is not blocked
   * ```ts
   * const id = await client.clientId();
   * await client.clientUnblock(id); // false
   * ```
   *
   * @param id Id of the connection, from `clientId()` or `clientList()`.
   * @param options How the blocked command ends.
   * @returns Whether the connection was blocked.
   * @see {@link https://valkey.io/commands/client-unblock/}
   */
  clientUnblock(
    id: number,
    options?: ClientUnblockOptions,
  ): Promise<PerRoutedNode<boolean, N>> {
    const words: Words = ["CLIENT", "UNBLOCK", id];
    const { timeout, error } = optionsOf(words, options, CLIENT_UNBLOCK_OPTIONS);
    appendFlag(words, "TIMEOUT", timeout);
    appendFlag(words, "ERROR", error);
    return this.send(words, perRoutedNode<boolean, N>(toBoolean));
  }

  /**
   * Ends a pause of {@linkcode ConnectionCommands.prototype.clientPause | ConnectionCommands.clientPause}.
   *
   * Complexity O(N) for N paused connections · since 6.2.0
   *
   * @example End a pause early
   * ```ts
   * await client.clientPause(10_000, { write: true });
   * await client.clientUnpause(); // "OK"
   * ```
   *
   * @returns Always `"OK"`.
   * @see {@link https://valkey.io/commands/client-unpause/}
   */
  clientUnpause(): Promise<"OK"> {
    return this.send(["CLIENT", "UNPAUSE"], toOk);
  }

  /**
   * Returns the given message from the server.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Echo a message
   * ```ts
   * await client.echo("hello"); // "hello"
   * ```
   *
   * @param message The message.
   * @returns The same message.
   * @see {@link https://valkey.io/commands/echo/}
   */
  echo(message: Value): Promise<PerRoutedNode<T, N>> {
    return this.send(["ECHO", message], perRoutedNode<T, N>(toBulk));
  }

  /**
   * Checks that the server responds.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Ping the server
   * ```ts
   * await client.ping(); // "PONG"
   * await client.ping("hello"); // "hello"
   * ```
   *
   * @param message Message to return instead of `"PONG"`.
   * @returns `"PONG"`, or the message.
   * @see {@link https://valkey.io/commands/ping/}
   */
  ping(): Promise<string>;
  /** Checks that the server responds, and returns a message. */
  ping(message: Value): Promise<T>;
  /** Checks that the server responds. */
  ping(message?: Value): Promise<string | T> {
    return message === undefined
      ? this.send(["PING"], toText)
      : this.send<T>(["PING", message], toBulk);
  }
}

function toTrackingInfo<T extends string | Uint8Array>(reply: Reply): TrackingInfo<T> {
  const info: TrackingInfo<T> = { flags: [], redirect: -1, prefixes: [] };
  for (const [name, value] of toPairs(reply)) {
    switch (toText(name)) {
      case "flags":
        info.flags = elements(value).map(toText);
        break;
      case "redirect":
        info.redirect = toNumber(value);
        break;
      case "prefixes":
        info.prefixes = toBulks<T>(value);
    }
  }
  return info;
}
