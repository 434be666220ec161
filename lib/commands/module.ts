/**
 * Commands for modules of the server.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import {
  appendAny,
  appendEntries,
  appendList,
  type Entries,
  type Many,
  type Value,
} from "./_args.ts";
import { elements, toNumber, toOk, toText } from "./_decode.ts";
import { toNamed, valueOf } from "./_named.ts";
import { optionsOf } from "./_options.ts";
import { type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";

/** Options for {@linkcode ModuleCommands.prototype.moduleLoadex | ModuleCommands.moduleLoadex}. */
export interface ModuleLoadexOptions {
  /** Configuration parameters of the module, by name. */
  config?: Entries;
  /**
   * Arguments for the module.
   *
   * @default {[]}
   */
  args?: Many<Value>;
}

/** A loaded module. */
export interface ModuleInfo {
  /** Name of the module. */
  name: string;
  /** Version of the module. */
  version: number;
  /** Path of its file; empty for a built-in module. */
  path: string;
  /** Arguments with which it was loaded. */
  args: string[];
}

const MODULE_LOADEX_OPTIONS: OptionShape<ModuleLoadexOptions> = { config: "object", args: "list" };

/**
 * Commands for modules: libraries that extend the server.
 *
 * Loading and unloading requires `enable-module-command` in the configuration of the server. In a cluster, the commands
 * go to one node; use `with({ route: "allNodes" })` for all nodes.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches. */
export abstract class ModuleCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Returns the loaded modules.
   *
   * Complexity O(N) for N modules · since 4.0.0
   *
   * @example Names of the modules
   * ```ts
   * const modules = await client.moduleList();
   * const names = modules.map(({ name }) => name);
   * ```
   *
   * @returns The modules.
   * @see {@link https://valkey.io/commands/module-list/}
   */
  moduleList(): Promise<PerRoutedNode<ModuleInfo[], N>> {
    return this.send(["MODULE", "LIST"], perRoutedNode<ModuleInfo[], N>(toModules));
  }

  /**
   * Loads a module.
   *
   * Complexity O(1) · since 4.0.0
   *
   * @example Load a module with an argument
   * ```ts no-eval
   * await client.moduleLoad("/usr/lib/example.so", ["verbose"]); // "OK"
   * ```
   *
   * @param path Path of the file on the server.
   * @param args Arguments for the module.
   * @returns Always `"OK"`.
   * @throws {ServerError} If loading is not enabled, or the module cannot be loaded. The log of the server contains the
   * reason.
   * @see {@link https://valkey.io/commands/module-load/}
   */
  moduleLoad(path: string, args?: Many<Value>): Promise<PerRoutedNode<"OK", N>> {
    const words: Words = ["MODULE", "LOAD", path];
    return this.send(appendList(words, args ?? [], "arguments"), perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Loads a module with configuration parameters and arguments.
   *
   * Complexity O(1) · since 7.0.0
   *
   * @example Load a module with a parameter and an argument
   * ```ts no-eval
   * await client.moduleLoadex("/usr/lib/example.so", {
   *   config: { "example.size": 100 },
   *   args: ["verbose"],
   * }); // "OK"
   * ```
   *
   * @param path Path of the file on the server.
   * @param options Parameters and arguments.
   * @returns Always `"OK"`.
   * @throws {ServerError} If loading is not enabled, or the module cannot be loaded. The log of the server contains the
   * reason.
   * @see {@link https://valkey.io/commands/module-loadex/}
   */
  moduleLoadex(
    path: string,
    options?: ModuleLoadexOptions,
  ): Promise<PerRoutedNode<"OK", N>> {
    const words: Words = ["MODULE", "LOADEX", path];
    const { config, args } = optionsOf(words, options, MODULE_LOADEX_OPTIONS);
    if (config !== undefined) {
      const pairs = appendEntries(["MODULE LOADEX"], config, "parameters").slice(1);
      for (let i = 0; i < pairs.length; i += 2) words.push("CONFIG", ...pairs.slice(i, i + 2));
    }
    if (args !== undefined) {
      words.push("ARGS");
      appendAny(words, args);
    }
    return this.send(words, perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Unloads a module.
   *
   * Complexity O(1) · since 4.0.0
   *
   * @example Unload a module
   * ```ts no-eval
   * await client.moduleUnload("example"); // "OK"
   * ```
   *
   * @param name Name of the module.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the module is not loaded, is in use, or cannot be unloaded.
   * @see {@link https://valkey.io/commands/module-unload/}
   */
  moduleUnload(name: string): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["MODULE", "UNLOAD", name], perRoutedNode<"OK", N>(toOk));
  }
}

function toModules(reply: Reply): ModuleInfo[] {
  return elements(reply).map((module) => {
    const named = toNamed(module);
    return {
      name: toText(valueOf(named, "name")),
      version: toNumber(valueOf(named, "ver")),
      path: toText(valueOf(named, "path")),
      args: elements(valueOf(named, "args")).map(toText),
    };
  });
}
