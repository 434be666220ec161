/**
 * Commands on modules of the server.
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

/** Options for {@linkcode ModuleCommands.moduleLoadex}. */
export interface ModuleLoadexOptions {
  /** Parameters of the configuration that the module adds, by name. */
  config?: Entries;
  /** Arguments for the module. @default {[]} */
  args?: Many<Value>;
}

/** A module that is loaded. */
export interface ModuleInfo {
  /** Its name. */
  name: string;
  /** Its version. */
  version: number;
  /** The file that it was loaded from; empty for a part of the server. */
  path: string;
  /** The arguments that it was loaded with. */
  args: string[];
}

const MODULE_LOADEX_OPTIONS: OptionShape<ModuleLoadexOptions> = { config: "object", args: "list" };

/**
 * Commands on modules: libraries that extend the server.
 *
 * Loading and unloading needs `enable-module-command` in the configuration of the server. In a cluster these commands
 * go to one node; `with({ route: "allNodes" })` reaches all.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class ModuleCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Lists the modules that are loaded.
   *
   * Complexity O(N) for N modules · since 4.0.0
   *
   * @example Their names
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
   * @example With an argument
   * ```ts no-eval
   * await client.moduleLoad("/usr/lib/example.so", ["verbose"]); // "OK"
   * ```
   *
   * @param path Its file on the server's machine.
   * @param args Arguments for the module.
   * @returns `"OK"` if it was loaded.
   * @throws {ServerError} If that is not allowed, or the module cannot be loaded; the server's log tells why.
   * @see {@link https://valkey.io/commands/module-load/}
   */
  moduleLoad(path: string, args?: Many<Value>): Promise<PerRoutedNode<"OK", N>> {
    const words: Words = ["MODULE", "LOAD", path];
    return this.send(appendList(words, args ?? [], "arguments"), perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Loads a module with parameters of the configuration.
   *
   * Complexity O(1) · since 7.0.0
   *
   * @example With a parameter and an argument
   * ```ts no-eval
   * await client.moduleLoadex("/usr/lib/example.so", {
   *   config: { "example.size": 100 },
   *   args: ["verbose"],
   * }); // "OK"
   * ```
   *
   * @param path Its file on the server's machine.
   * @param options Parameters and arguments.
   * @returns `"OK"` if it was loaded.
   * @throws {ServerError} If that is not allowed, or the module cannot be loaded; the server's log tells why.
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
   * @example By its name
   * ```ts no-eval
   * await client.moduleUnload("example"); // "OK"
   * ```
   *
   * @param name Its name.
   * @returns `"OK"` if it was unloaded.
   * @throws {ServerError} If there is no such module, or it is in use: some cannot be unloaded at all.
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
