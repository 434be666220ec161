/**
 * Commands for the configuration of the server.
 *
 * @module
 */

import { Executor } from "../executor.ts";
import { append, appendEntries, type Entries, type Key, type OneOrMany } from "./_args.ts";
import { type Fields, toFields, toOk } from "./_decode.ts";
import { type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";

/**
 * Commands for the configuration of the server.
 *
 * In a cluster, changes apply to all nodes, including replicas. The configuration is read from any node.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches. */
export abstract class ConfigCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Returns configuration parameters.
   *
   * Complexity O(N) for N patterns · since 2.0.0
   *
   * @example Read a parameter, and several by name and pattern
   * ```ts
   * await client.configGet("maxmemory"); // { maxmemory: "0" }
   * const limits = await client.configGet(["client-output-buffer-*", "maxclients"]);
   * limits.maxclients; // "10000"
   * ```
   *
   * @param parameters A name or glob pattern, or several (since 7.0.0).
   * @returns Values by name. Unknown parameters are not included.
   * @see {@link https://valkey.io/commands/config-get/}
   */
  configGet(parameters: OneOrMany<Key>): Promise<PerRoutedNode<Fields<T>, N>> {
    return this.send(
      append(["CONFIG", "GET"], parameters, "parameters"),
      perRoutedNode<Fields<T>, N>(toFields),
    );
  }

  /**
   * Resets the statistics of the server: counters of INFO, and statistics of commands and errors.
   *
   * Complexity O(1) · since 2.0.0
   *
   * @example Reset the statistics
   * ```ts
   * await client.configResetstat(); // "OK"
   * ```
   *
   * @returns Always `"OK"`.
   * @see {@link https://valkey.io/commands/config-resetstat/}
   */
  configResetstat(): Promise<"OK"> {
    return this.send(["CONFIG", "RESETSTAT"], toOk);
  }

  /**
   * Saves the current parameters to the configuration file.
   *
   * Complexity O(1) · since 2.8.0
   *
   * @example Save a change
   * ```ts
   * await client.configSet({ maxmemory: "100mb" });
   * await client.configRewrite(); // "OK"
   * ```
   *
   * @returns Always `"OK"`.
   * @throws {ServerError} If the server was started without a configuration file, or cannot write it.
   * @see {@link https://valkey.io/commands/config-rewrite/}
   */
  configRewrite(): Promise<"OK"> {
    return this.send(["CONFIG", "REWRITE"], toOk);
  }

  /**
   * Sets configuration parameters, atomically: if one is rejected, none is changed.
   *
   * Complexity O(N) for N parameters · since 2.0.0
   *
   * @example Set a memory limit and an eviction policy
   * ```ts
   * await client.configSet({ maxmemory: "1gb", "maxmemory-policy": "allkeys-lru" }); // "OK"
   * await client.configSet({ maxmemory: 0 }); // "OK"
   * ```
   *
   * @param parameters Values by name. Several parameters require version 7.0.0.
   * @returns Always `"OK"`.
   * @throws {ServerError} If a parameter is unknown, cannot be changed at run time, or the value is invalid.
   * @see {@link https://valkey.io/commands/config-set/}
   */
  configSet(parameters: Entries): Promise<"OK"> {
    return this.send(appendEntries(["CONFIG", "SET"], parameters, "parameters"), toOk);
  }
}
