/**
 * Commands on connections.
 *
 * It has those that are of use on a connection that many callers share. Those that would change what the others get
 * (SELECT, AUTH, CLIENT REPLY, …) are options of the client, or belong to the parts of it that have a connection of
 * their own.
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

/** Options for {@linkcode ConnectionCommands.clientPause}: what waits. At most one. */
export type ClientPauseOptions = AtMostOne<{
  /** Commands that write, and those that publish or run scripts. */
  write: boolean;
  /** All commands, which is the default. */
  all: boolean;
}>;

/** Options for {@linkcode ConnectionCommands.clientUnblock}: how the blocked command ends. At most one. */
export type ClientUnblockOptions = AtMostOne<{
  /** As if its time had run out, which is the default. */
  timeout: boolean;
  /** With an error (`UNBLOCKED`). */
  error: boolean;
}>;

/** Options for {@linkcode ConnectionCommands.clientSetinfo}. Exactly one. */
export type ClientSetinfoOptions = ExactlyOne<{
  /** Name of the client library. */
  libName: string;
  /** Its version. */
  libVer: string;
}>;

/**
 * What {@linkcode ConnectionCommands.clientTrackinginfo} answers.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface TrackingInfo<T extends string | Uint8Array = string> {
  /** How keys are tracked: `"off"`, `"on"`, `"bcast"`, `"optin"`, … */
  flags: string[];
  /** Id of the connection that invalidations go to; 0 for this one, −1 if nothing is tracked. */
  redirect: number;
  /** Prefixes of the keys that are tracked, if not all are. */
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
 * Commands on connections: testing them, looking at those of all clients, and ending them.
 *
 * A client has more than one connection: one for each server, and more for commands that block. What is said about
 * "this connection" is true for the one that carries such commands, and until it breaks: then the client opens a new
 * one.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class ConnectionCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Answers the name of this connection.
   *
   * Complexity O(1) · since 2.6.9
   *
   * @example A client without a name
   * ```ts
   * await client.clientGetname(); // null
   * ```
   *
   * @returns The name, which is the client's option `clientName`; null if there is none.
   * @see {@link https://valkey.io/commands/client-getname/}
   */
  clientGetname(): Promise<PerRoutedNode<string | null, N>> {
    return this.send(["CLIENT", "GETNAME"], perRoutedNode<string | null, N>(toTextOrNull));
  }

  /**
   * Answers the id of the connection that the invalidations for this one go to.
   *
   * Complexity O(1) · since 6.0.0
   *
   * @example A client that does not track keys
   * ```ts
   * await client.clientGetredir(); // -1
   * ```
   *
   * @returns The id; 0 if they come on this connection, −1 if nothing is tracked.
   * @see {@link https://valkey.io/commands/client-getredir/}
   */
  clientGetredir(): Promise<PerRoutedNode<number, N>> {
    return this.send(["CLIENT", "GETREDIR"], perRoutedNode<number, N>(toNumber));
  }

  /**
   * Answers the id of this connection.
   *
   * A later connection to the same server has a higher one.
   *
   * Complexity O(1) · since 5.0.0
   *
   * @example Finding oneself in the list
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
   * Marks this connection as one that imports data, or ends that.
   *
   * While the server is in import mode, such a connection sees keys that should have expired.
   *
   * Complexity O(1) · since Valkey 8.1
   *
   * @example Copying a database
   * ```ts
   * await client.customCommand(["CONFIG", "SET", "import-mode", "yes"]);
   * await client.clientImportSource("on"); // "OK"
   * // … copy …
   * await client.customCommand(["CONFIG", "SET", "import-mode", "no"]);
   * ```
   *
   * @param state Whether it imports.
   * @returns `"OK"`, always.
   * @throws {ServerError} If the server is not in import mode.
   * @see {@link https://valkey.io/commands/client-import-source/}
   */
  clientImportSource(state: AnyCase<"on" | "off">): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["CLIENT", "IMPORT-SOURCE", state], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Reports on this connection.
   *
   * Complexity O(1) · since 6.2.0
   *
   * @example Who am I?
   * ```ts
   * const { user, db } = await client.clientInfo();
   * user; // "default"
   * db; // 0
   * ```
   *
   * @returns What the server knows about it.
   * @see {@link https://valkey.io/commands/client-info/}
   */
  clientInfo(): Promise<PerRoutedNode<ClientInfo, N>> {
    return this.send(["CLIENT", "INFO"], perRoutedNode<ClientInfo, N>(toClientInfo));
  }

  /**
   * Ends connections, those of other clients included.
   *
   * With `id` or `addr` alone the request is sent on a connection of its own: it does not wait behind other requests,
   * and can end the shared connection of this client as well. With other conditions it is sent on the shared
   * connection, which the server spares unless `skipme` is false.
   *
   * Complexity O(N) for N connections · since 2.4.0
   *
   * @example All connections from an address
   * ```ts
   * await client.clientKill({ addr: "127.0.0.1:1" }); // 0
   * ```
   *
   * @param filter Which connections.
   * @returns How many were ended.
   * @throws {ServerError} If the filter is empty, or names a user that does not exist or a condition that the server
   * does not know.
   * @see {@link https://valkey.io/commands/client-kill/}
   */
  clientKill(filter: ClientFilter): Promise<number> {
    return this.send(appendClientFilter(["CLIENT", "KILL"], filter), toNumber);
  }

  /**
   * Reports on the connections of all clients.
   *
   * Complexity O(N) for N connections · since 2.4.0
   *
   * @example How many connections do our clients have?
   * ```ts
   * const connections = await client.clientList({ type: "normal" });
   * connections.length; // 1
   * ```
   *
   * @param filter Which connections; by default all. Conditions besides `type` and `id` are since Valkey 8.1.
   * @returns What the server knows about each of them.
   * @throws {ServerError} If the server does not know a condition.
   * @see {@link https://valkey.io/commands/client-list/}
   */
  clientList(filter?: ClientFilter): Promise<PerRoutedNode<ClientInfo[], N>> {
    return this.send(
      appendClientFilter(["CLIENT", "LIST"], filter),
      perRoutedNode<ClientInfo[], N>(toClientInfos),
    );
  }

  /**
   * Exempts this connection from being ended when the server is short of memory for its clients, or ends that.
   *
   * Complexity O(1) · since 7.0.0
   *
   * @example For a client that operates the server
   * ```ts
   * await client.clientNoEvict("on"); // "OK"
   * ```
   *
   * @param state Whether it is exempt.
   * @returns `"OK"`, always.
   * @see {@link https://valkey.io/commands/client-no-evict/}
   */
  clientNoEvict(state: AnyCase<"on" | "off">): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["CLIENT", "NO-EVICT", state], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Makes commands of this connection not count as a use of their keys, or ends that.
   *
   * Complexity O(1) · since 7.2.0
   *
   * @example For a client that only looks
   * ```ts
   * await client.clientNoTouch("on"); // "OK"
   * ```
   *
   * @param state Whether keys stay as they are for the server's eviction.
   * @returns `"OK"`, always.
   * @see {@link https://valkey.io/commands/client-no-touch/}
   */
  clientNoTouch(state: AnyCase<"on" | "off">): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["CLIENT", "NO-TOUCH", state], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Makes the commands of all clients wait for a while.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example No writes for a tenth of a second
   * ```ts
   * await client.clientPause(100, { write: true }); // "OK"
   * await client.clientUnpause(); // "OK"
   * ```
   *
   * @param timeout For how long, in milliseconds.
   * @param options What waits (since 6.2.0).
   * @returns `"OK"`, always and at once.
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
   * Tells the server which library this connection belongs to, for CLIENT LIST.
   *
   * The client does so by itself whenever it connects; this is for libraries on top of it.
   *
   * Complexity O(1) · since 7.2.0
   *
   * @example A library on top of this one
   * ```ts
   * await client.clientSetinfo({ libName: "my-cache" }); // "OK"
   * ```
   *
   * @param options Name or version of the library.
   * @returns `"OK"`, always.
   * @throws {ServerError} If the value has spaces or other characters that the list cannot show.
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
   * Names this connection, for CLIENT LIST.
   *
   * The client's option `clientName` does it for all its connections, and again after each reconnect.
   *
   * Complexity O(1) · since 2.6.9
   *
   * @example A name for what comes next
   * ```ts
   * await client.clientSetname("nightly-import"); // "OK"
   * ```
   *
   * @param name The name; empty for none.
   * @returns `"OK"`, always.
   * @throws {ServerError} If the name has spaces or other characters that the list cannot show.
   * @see {@link https://valkey.io/commands/client-setname/}
   */
  clientSetname(name: Key): Promise<"OK"> {
    return this.send(["CLIENT", "SETNAME", name], toOk);
  }

  /**
   * Tells how the server tracks keys for this connection.
   *
   * Complexity O(1) · since 6.2.0
   *
   * @example A client that does not track keys
   * ```ts
   * await client.clientTrackinginfo(); // { flags: ["off"], redirect: -1, prefixes: [] }
   * ```
   *
   * @returns Flags, redirection and prefixes.
   * @see {@link https://valkey.io/commands/client-trackinginfo/}
   */
  clientTrackinginfo(): Promise<PerRoutedNode<TrackingInfo<T>, N>> {
    return this.send(["CLIENT", "TRACKINGINFO"], perRoutedNode<TrackingInfo<T>, N>(toTrackingInfo));
  }

  /**
   * Ends the blocking command that another connection waits in.
   *
   * Complexity O(log N) for N connections · since 5.0.0
   *
   * @example A connection that does not wait
   * ```ts
   * const id = await client.clientId();
   * await client.clientUnblock(id); // false
   * ```
   *
   * @param id Id of the other connection.
   * @param options How its command ends.
   * @returns Whether it was waiting.
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
   * Ends what {@linkcode ConnectionCommands.clientPause} began.
   *
   * Complexity O(N) for N connections that wait · since 6.2.0
   *
   * @example Going on at once
   * ```ts
   * await client.clientPause(10_000, { write: true });
   * await client.clientUnpause(); // "OK"
   * ```
   *
   * @returns `"OK"`, always.
   * @see {@link https://valkey.io/commands/client-unpause/}
   */
  clientUnpause(): Promise<"OK"> {
    return this.send(["CLIENT", "UNPAUSE"], toOk);
  }

  /**
   * Sends a message to the server and back.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example There and back
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
   * Asks the server for a sign of life.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Are you there?
   * ```ts
   * await client.ping(); // "PONG"
   * await client.ping("Are you there?"); // "Are you there?"
   * ```
   *
   * @param message What to answer instead of `"PONG"`.
   * @returns `"PONG"`, or the message.
   * @see {@link https://valkey.io/commands/ping/}
   */
  ping(): Promise<string>;
  /** Asks the server for a sign of life, and for a message back. */
  ping(message: Value): Promise<T>;
  /** Asks the server for a sign of life. */
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
