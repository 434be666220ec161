/**
 * Commands on users and what they are allowed to do.
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

/** Options for {@linkcode AclCommands.aclLog} that empty the log. */
export interface AclLogResetOptions {
  /** Empty the log instead of reading it. */
  reset: true;
}

const ACL_LOG_OPTIONS: OptionShape<AclLogResetOptions> = { reset: "flag" };

/**
 * Commands on users and what they are allowed to do.
 *
 * In a cluster users are made, changed, deleted and saved on all nodes, and read from any one of them. The log is that
 * of one node; `with({ route: "allNodes" })` reaches all.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class AclCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Lists the categories of commands, or the commands of one.
   *
   * Complexity O(1) · since 6.0.0
   *
   * @example Commands that can do harm
   * ```ts
   * const dangerous = await client.aclCat("dangerous");
   * dangerous.includes("flushall"); // true
   * ```
   *
   * @param category A category.
   * @returns The commands of the category; without one the categories.
   * @throws {ServerError} If there is no such category.
   * @see {@link https://valkey.io/commands/acl-cat/}
   */
  aclCat(category?: string): Promise<PerRoutedNode<string[], N>> {
    const words: Words = ["ACL", "CAT"];
    if (category !== undefined) words.push(category);
    return this.send(words, perRoutedNode<string[], N>(toTexts));
  }

  /**
   * Deletes users, and ends their connections.
   *
   * Complexity O(1) for each user · since 6.0.0
   *
   * @example Somebody who has left
   * ```ts
   * await client.aclSetuser("ada", ["on", ">secret", "~*", "+@read"]);
   * await client.aclDeluser("ada"); // 1
   * ```
   *
   * @param usernames One user or several.
   * @returns How many there were.
   * @throws {ServerError} If `default` is among them.
   * @see {@link https://valkey.io/commands/acl-deluser/}
   */
  aclDeluser(usernames: OneOrMany<string>): Promise<number> {
    return this.send(append(["ACL", "DELUSER"], usernames, "users"), toNumber);
  }

  /**
   * Tells whether a user would be allowed to run a command, without running it.
   *
   * Complexity O(1) · since 7.0.0
   *
   * @example A user who only reads
   * ```ts
   * await client.aclSetuser("reader", ["~*", "+@read"]);
   * await client.aclDryrun("reader", ["GET", "k"]); // "OK"
   * await client.aclDryrun("reader", ["SET", "k", "v"]) === "OK"; // false
   * ```
   *
   * @param username The user.
   * @param command The command, word by word.
   * @returns `"OK"` if it is allowed, else what the server says why it is not.
   * @throws {ServerError} If there is no such user or command.
   * @see {@link https://valkey.io/commands/acl-dryrun/}
   */
  aclDryrun(username: string, command: Many<Argument>): Promise<PerRoutedNode<string, N>> {
    return this.send(
      append(["ACL", "DRYRUN", username], command, "words"),
      perRoutedNode<string, N>(toText),
    );
  }

  /**
   * Makes a password that cannot be guessed.
   *
   * Complexity O(1) · since 6.0.0
   *
   * @example A short one
   * ```ts
   * const password = await client.aclGenpass(32);
   * password.length; // 8
   * ```
   *
   * @param bits How many bits it has, 256 by default; rounded up to a multiple of 4.
   * @returns The password in hexadecimal digits, one for four bits.
   * @throws {ServerError} If the number of bits is not from 1 to 4096.
   * @see {@link https://valkey.io/commands/acl-genpass/}
   */
  aclGenpass(bits?: number): Promise<PerRoutedNode<string, N>> {
    const words: Words = ["ACL", "GENPASS"];
    if (bits !== undefined) words.push(bits);
    return this.send(words, perRoutedNode<string, N>(toText));
  }

  /**
   * Tells what is known of a user.
   *
   * Complexity O(N) for N rules · since 6.0.0
   *
   * @example What may they do?
   * ```ts
   * await client.aclSetuser("reader", ["reset", "on", "~app:*", "+@read"]);
   * const user = await client.aclGetuser("reader");
   * user?.keys; // "~app:*"
   * user?.commands; // "-@all +@read"
   * ```
   *
   * @param username The user.
   * @returns Flags, passwords and permissions; null if there is no such user.
   * @see {@link https://valkey.io/commands/acl-getuser/}
   */
  aclGetuser(username: string): Promise<PerRoutedNode<AclUser | null, N>> {
    return this.send(
      ["ACL", "GETUSER", username],
      perRoutedNode<AclUser | null, N>(toAclUserOrNull),
    );
  }

  /**
   * Lists all users with their rules, in the form in which an ACL file has them.
   *
   * Complexity O(N) for N users · since 6.0.0
   *
   * @example One line for each user
   * ```ts
   * const lines = await client.aclList();
   * lines.some((line) => line.startsWith("user default ")); // true
   * ```
   *
   * @returns The lines, each of which begins with `user` and a name.
   * @see {@link https://valkey.io/commands/acl-list/}
   */
  aclList(): Promise<PerRoutedNode<string[], N>> {
    return this.send(["ACL", "LIST"], perRoutedNode<string[], N>(toTexts));
  }

  /**
   * Reads the users from the ACL file of the server: all of them, or none if there is a mistake in the file.
   *
   * Complexity O(N) for N users · since 6.0.0
   *
   * @example After the file was changed
   * ```ts no-eval
   * await client.aclLoad(); // "OK"
   * ```
   *
   * @returns `"OK"` if they were read.
   * @throws {ServerError} If there is a mistake in the file, or the server has no such file.
   * @see {@link https://valkey.io/commands/acl-load/}
   */
  aclLoad(): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["ACL", "LOAD"], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Reads the log of what users were not allowed to do, or empties it.
   *
   * Complexity O(N) for N entries · since 6.0.0
   *
   * @example The latest entry
   * ```ts
   * const [entry] = await client.aclLog(1);
   * if (entry !== undefined) console.log(`${entry.username} must not use ${entry.object}`);
   * await client.aclLog({ reset: true }); // "OK"
   * ```
   *
   * @param count How many entries at most; by default 10.
   * @returns The entries, the latest first.
   * @see {@link https://valkey.io/commands/acl-log/}
   */
  aclLog(count?: number): Promise<PerRoutedNode<AclLogEntry[], N>>;
  /** Empties the log of what users were not allowed to do. */
  aclLog(options: AclLogResetOptions): Promise<PerRoutedNode<"OK", N>>;
  /** Reads or empties the log of what users were not allowed to do. */
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
   * Writes the users as they are now into the ACL file of the server.
   *
   * Complexity O(N) for N users · since 6.0.0
   *
   * @example Keeping a change
   * ```ts no-eval
   * await client.aclSetuser("ada", ["on", ">secret", "~*", "+@read"]);
   * await client.aclSave(); // "OK"
   * ```
   *
   * @returns `"OK"` if they were written.
   * @throws {ServerError} If the server has no such file, or cannot write it.
   * @see {@link https://valkey.io/commands/acl-save/}
   */
  aclSave(): Promise<"OK"> {
    return this.send(["ACL", "SAVE"], toOk);
  }

  /**
   * Changes the rules of a user, who is made if there is none: at first one who is `off` and allowed nothing.
   *
   * Complexity O(N) for N rules · since 6.0.0
   *
   * @example A user who may read some keys
   * ```ts
   * await client.aclSetuser("ada", ["reset", "on", ">secret", "~app:*", "+@read"]); // "OK"
   * ```
   *
   * @param username The user.
   * @param rules Rules, which are added in their order to those that the user has.
   * @returns `"OK"` if all rules were added.
   * @throws {ServerError} If there is a mistake in a rule; then none is added.
   * @see {@link https://valkey.io/commands/acl-setuser/}
   */
  aclSetuser(username: string, rules?: OneOrMany<string>): Promise<"OK"> {
    const words: Words = ["ACL", "SETUSER", username];
    return this.send(appendAny(words, rules ?? []), toOk);
  }

  /**
   * Lists the names of all users.
   *
   * Complexity O(N) for N users · since 6.0.0
   *
   * @example Is there such a user?
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
   * Tells which user this connection is of.
   *
   * Complexity O(1) · since 6.0.0
   *
   * @example A client without credentials
   * ```ts
   * await client.aclWhoami(); // "default"
   * ```
   *
   * @returns The name of the user, as the client's option `credentials` has it.
   * @see {@link https://valkey.io/commands/acl-whoami/}
   */
  aclWhoami(): Promise<PerRoutedNode<string, N>> {
    return this.send(["ACL", "WHOAMI"], perRoutedNode<string, N>(toText));
  }
}
