/**
 * Commands for ACL users and their permissions.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Argument } from "../resp/reply.ts";
import { type AclLogEntry, type AclUser, toAclLog, toAclUserOrNull } from "./_acl_report.ts";
import { append, appendAny, type Many, type OneOrMany } from "./_args.ts";
import { toListOf, toNumber, toOk, toText } from "./_decode.ts";
import { optionsOf, refuse } from "./_options.ts";
import { type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";

const toTexts = toListOf(toText);

/** Options for {@linkcode AclCommands.prototype.aclLog | AclCommands.aclLog} to reset the log. */
export interface AclLogResetOptions {
  /** Delete all entries instead of returning them. */
  reset: true;
}

const ACL_LOG_OPTIONS: OptionShape<AclLogResetOptions> = { reset: "flag" };

/**
 * Commands for ACL users and their permissions.
 *
 * In a cluster, commands that create, change, delete or save users go to all nodes. Commands that read users go to any
 * node. The log is that of one node; use `with({ route: "allNodes" })` for all logs.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches. */
export abstract class AclCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Returns the command categories, or the commands of a category.
   *
   * Complexity O(1) · since 6.0.0
   *
   * @example List dangerous commands
   * ```ts
   * const dangerous = await client.aclCat("dangerous");
   * dangerous.includes("flushall"); // true
   * ```
   *
   * @param category Name of a category, without `@`.
   * @returns Names of the commands in the category. Without a category, names of all categories.
   * @throws {ServerError} If the category does not exist.
   * @see {@link https://valkey.io/commands/acl-cat/}
   */
  aclCat(category?: string): Promise<PerRoutedNode<string[], N>> {
    const words: Words = ["ACL", "CAT"];
    if (category !== undefined) words.push(category);
    return this.send(words, perRoutedNode<string[], N>(toTexts));
  }

  /**
   * Deletes users and closes their connections.
   *
   * Complexity O(1) per user · since 6.0.0
   *
   * @example Delete a user
   * ```ts
   * await client.aclSetuser("ada", ["on", ">secret", "~*", "+@read"]);
   * await client.aclDeluser("ada"); // 1
   * ```
   *
   * @param usernames One or more user names.
   * @returns Number of users that existed.
   * @throws {ServerError} If `default` is among them.
   * @see {@link https://valkey.io/commands/acl-deluser/}
   */
  aclDeluser(usernames: OneOrMany<string>): Promise<number> {
    return this.send(append(["ACL", "DELUSER"], usernames, "users"), toNumber);
  }

  /**
   * Checks whether a user may run a command, without running it.
   *
   * Complexity O(1) · since 7.0.0
   *
   * @example Check the permissions of a read-only user
   * ```ts
   * await client.aclSetuser("reader", ["~*", "+@read"]);
   * await client.aclDryrun("reader", ["GET", "k"]); // "OK"
   * await client.aclDryrun("reader", ["SET", "k", "v"]) === "OK"; // false
   * ```
   *
   * @param username Name of the user.
   * @param command Name and arguments of the command.
   * @returns `"OK"` if the user may run it, otherwise a text with the reason.
   * @throws {ServerError} If the user or the command does not exist.
   * @see {@link https://valkey.io/commands/acl-dryrun/}
   */
  aclDryrun(username: string, command: Many<Argument>): Promise<PerRoutedNode<string, N>> {
    return this.send(
      append(["ACL", "DRYRUN", username], command, "words"),
      perRoutedNode<string, N>(toText),
    );
  }

  /**
   * Generates a secure random password.
   *
   * Complexity O(1) · since 6.0.0
   *
   * @example Generate a password of 32 bits
   * ```ts
   * const password = await client.aclGenpass(32);
   * password.length; // 8
   * ```
   *
   * @param bits Number of bits, from 1 to 4096, rounded up to a multiple of 4. By default 256.
   * @returns The password as hexadecimal digits, one per four bits.
   * @throws {ServerError} If the number of bits is out of range.
   * @see {@link https://valkey.io/commands/acl-genpass/}
   */
  aclGenpass(bits?: number): Promise<PerRoutedNode<string, N>> {
    const words: Words = ["ACL", "GENPASS"];
    if (bits !== undefined) words.push(bits);
    return this.send(words, perRoutedNode<string, N>(toText));
  }

  /**
   * Returns the flags, passwords and permissions of a user.
   *
   * Complexity O(N) for N rules · since 6.0.0
   *
   * @example Read the permissions of a user
   * ```ts
   * await client.aclSetuser("reader", ["reset", "on", "~app:*", "+@read"]);
   * const user = await client.aclGetuser("reader");
   * user?.keys; // "~app:*"
   * user?.commands; // "-@all +@read"
   * ```
   *
   * @param username Name of the user.
   * @returns The user; null if it does not exist.
   * @see {@link https://valkey.io/commands/acl-getuser/}
   */
  aclGetuser(username: string): Promise<PerRoutedNode<AclUser | null, N>> {
    return this.send(
      ["ACL", "GETUSER", username],
      perRoutedNode<AclUser | null, N>(toAclUserOrNull),
    );
  }

  /**
   * Returns the rules of all users, in the format of an ACL file.
   *
   * Complexity O(N) for N users · since 6.0.0
   *
   * @example Find the line of a user
   * ```ts
   * const lines = await client.aclList();
   * lines.some((line) => line.startsWith("user default ")); // true
   * ```
   *
   * @returns One line per user, which starts with `user` and the name.
   * @see {@link https://valkey.io/commands/acl-list/}
   */
  aclList(): Promise<PerRoutedNode<string[], N>> {
    return this.send(["ACL", "LIST"], perRoutedNode<string[], N>(toTexts));
  }

  /**
   * Reloads the users from the ACL file of the server.
   *
   * If the file has an error, no user is changed.
   *
   * Complexity O(N) for N users · since 6.0.0
   *
   * @example Reload the ACL file
   * ```ts no-eval
   * await client.aclLoad(); // "OK"
   * ```
   *
   * @returns Always `"OK"`.
   * @throws {ServerError} If the file has an error, or the server is not configured to use an ACL file.
   * @see {@link https://valkey.io/commands/acl-load/}
   */
  aclLoad(): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["ACL", "LOAD"], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Returns the log of ACL violations, or resets it.
   *
   * Complexity O(N) for N entries · since 6.0.0
   *
   * @example Print the latest entry, then reset the log
   * ```ts
   * const [entry] = await client.aclLog(1);
   * if (entry !== undefined) console.log(`${entry.username} may not use ${entry.object}`);
   * await client.aclLog({ reset: true }); // "OK"
   * ```
   *
   * @param count Maximum number of entries. By default 10.
   * @returns The entries, latest first.
   * @see {@link https://valkey.io/commands/acl-log/}
   */
  aclLog(count?: number): Promise<PerRoutedNode<AclLogEntry[], N>>;
  /** Resets the log of ACL violations. */
  aclLog(options: AclLogResetOptions): Promise<PerRoutedNode<"OK", N>>;
  /** Returns or resets the log of ACL violations. */
  aclLog(what?: number | AclLogResetOptions): Promise<PerRoutedNode<AclLogEntry[] | "OK", N>> {
    const words: Words = ["ACL", "LOG"];
    if (typeof what === "object") {
      const { reset } = optionsOf(words, what, ACL_LOG_OPTIONS);
      if (!reset) refuse(words, "expected a count or { reset: true }");
      words.push("RESET");
      return this.send(words, perRoutedNode<AclLogEntry[] | "OK", N>(toOk));
    }
    if (what !== undefined) words.push(what);
    // The server would take the word for ACL LOG RESET.
    if (typeof what === "string") refuse(words, "expected a count or { reset: true }");
    return this.send(words, perRoutedNode<AclLogEntry[] | "OK", N>(toAclLog));
  }

  /**
   * Saves all users to the ACL file of the server.
   *
   * Complexity O(N) for N users · since 6.0.0
   *
   * @example Create a user and save it
   * ```ts no-eval
   * await client.aclSetuser("ada", ["on", ">secret", "~*", "+@read"]);
   * await client.aclSave(); // "OK"
   * ```
   *
   * @returns Always `"OK"`.
   * @throws {ServerError} If the server is not configured to use an ACL file, or cannot write it.
   * @see {@link https://valkey.io/commands/acl-save/}
   */
  aclSave(): Promise<"OK"> {
    return this.send(["ACL", "SAVE"], toOk);
  }

  /**
   * Creates a user or changes its rules.
   *
   * A new user is `off` and has no permissions before the rules are applied.
   *
   * Complexity O(N) for N rules · since 6.0.0
   *
   * @example Create a user with read access to some keys
   * ```ts
   * await client.aclSetuser("ada", ["reset", "on", ">secret", "~app:*", "+@read"]); // "OK"
   * ```
   *
   * @param username Name of the user.
   * @param rules ACL rules, applied in order to the existing rules of the user. Start with `"reset"` to replace these.
   * @returns Always `"OK"`.
   * @throws {ServerError} If a rule is invalid. No rule is applied then.
   * @see {@link https://valkey.io/commands/acl-setuser/}
   */
  aclSetuser(username: string, rules?: OneOrMany<string>): Promise<"OK"> {
    const words: Words = ["ACL", "SETUSER", username];
    return this.send(appendAny(words, rules ?? []), toOk);
  }

  /**
   * Returns the names of all users.
   *
   * Complexity O(N) for N users · since 6.0.0
   *
   * @example Check whether a user exists
   * ```ts
   * const users = await client.aclUsers();
   * users.includes("default"); // true
   * ```
   *
   * @returns The names, in alphabetical order.
   * @see {@link https://valkey.io/commands/acl-users/}
   */
  aclUsers(): Promise<PerRoutedNode<string[], N>> {
    return this.send(["ACL", "USERS"], perRoutedNode<string[], N>(toTexts));
  }

  /**
   * Returns the user name of the connection.
   *
   * Complexity O(1) · since 6.0.0
   *
   * @example The user of a client without credentials
   * ```ts
   * await client.aclWhoami(); // "default"
   * ```
   *
   * @returns Name of the user, as in the client's option `credentials`.
   * @see {@link https://valkey.io/commands/acl-whoami/}
   */
  aclWhoami(): Promise<PerRoutedNode<string, N>> {
    return this.send(["ACL", "WHOAMI"], perRoutedNode<string, N>(toText));
  }
}
