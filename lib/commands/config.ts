/**
 * Commands on the configuration of the server.
 *
 * @module
 */

import { Executor } from "../executor.ts";
import { append, appendEntries, type Entries, type Key, type OneOrMany } from "./_args.ts";
import { type Fields, toFields, toOk } from "./_decode.ts";
import { type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";

/**
 * Commands on the configuration of the server.
 *
 * In a cluster changes are made on all nodes, replicas included, and the configuration is read from any one of them.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class ConfigCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Reads parameters.
   *
   * Complexity O(N) for N patterns · since 2.0.0
   *
   * @example One, and all that match
   * ```ts
   * await client.configGet("maxmemory"); // { maxmemory: "0" }
   * const limits = await client.configGet(["client-output-buffer-*", "maxclients"]);
   * limits.maxclients; // "10000"
   * ```
   *
   * @param parameters One name or glob pattern, or several (since 7.0.0).
   * @returns Values by name; those that do not exist are left out.
   * @see {@link https://valkey.io/commands/config-get/}
   */
  configGet(parameters: OneOrMany<Key>): Promise<PerRoutedNode<Fields<T>, N>> {
    return this.send(
      append(["CONFIG", "GET"], parameters, "parameters"),
      perRoutedNode<Fields<T>, N>(toFields),
    );
  }

  /**
   * Sets the statistics of the server to zero: those that INFO shows, and those of commands and errors.
   *
   * Complexity O(1) · since 2.0.0
   *
   * @example Counting from now on
   * ```ts
   * await client.configResetstat(); // "OK"
   * ```
   *
   * @returns `"OK"`, always.
   * @see {@link https://valkey.io/commands/config-resetstat/}
   */
  configResetstat(): Promise<"OK"> {
    return this.send(["CONFIG", "RESETSTAT"], toOk);
  }

  /**
   * Writes the parameters as they are now into the configuration file.
   *
   * Complexity O(1) · since 2.8.0
   *
   * @example Keeping a change
   * ```ts
   * await client.configSet({ maxmemory: "100mb" });
   * await client.configRewrite(); // "OK"
   * ```
   *
   * @returns `"OK"` if it was written.
   * @throws {ServerError} If the server was started without a file, or cannot write it.
   * @see {@link https://valkey.io/commands/config-rewrite/}
   */
  configRewrite(): Promise<"OK"> {
    return this.send(["CONFIG", "REWRITE"], toOk);
  }

  /**
   * Changes parameters: all of them, or none if one is refused.
   *
   * Complexity O(N) for N parameters · since 2.0.0
   *
   * @example An upper limit for memory, and what happens there
   * ```ts
   * await client.configSet({ maxmemory: "1gb", "maxmemory-policy": "allkeys-lru" }); // "OK"
   * await client.configSet({ maxmemory: 0 }); // "OK"
   * ```
   *
   * @param parameters Values by name; several since 7.0.0.
   * @returns `"OK"` if all were changed.
   * @throws {ServerError} If a parameter is unknown, cannot be changed while the server runs, or cannot have the value.
   * @see {@link https://valkey.io/commands/config-set/}
   */
  configSet(parameters: Entries): Promise<"OK"> {
    return this.send(appendEntries(["CONFIG", "SET"], parameters, "parameters"), toOk);
  }
}
