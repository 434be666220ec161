/**
 * Names for spans and metrics: of commands, scripts and errors. They never contain values of the user.
 *
 * @module
 */

import type { Request } from "../connection/request.ts";
import { textOf } from "../command_table/argument_text.ts";
import type { CommandRow } from "../command_table/mod.ts";
import { RedisError, ServerError } from "../errors.ts";

/** Name that replaces a name which must not be shown. */
export const OTHER = "_OTHER";

/** Maximum number of unknown command names to show, since callers can use any number of names. */
const MAX_UNKNOWN_NAMES = 100;

const unknownNames = new Set<string>();

/**
 * The name of a request's command: that of the table, in upper case and with its subcommand, or the first word in
 * upper case if the table does not have it.
 *
 * @param request The request, with its words.
 */
export function commandName({ row, words }: Pick<Request, "row" | "words">): string {
  if (row !== undefined) return row.name;
  const name = textOf(words[0]).toUpperCase();
  if (unknownNames.has(name)) return name;
  // The first word may be anything, if the caller made a mistake.
  if (!/^[A-Z_.]{1,24}$/.test(name) || unknownNames.size === MAX_UNKNOWN_NAMES) return OTHER;
  unknownNames.add(name);
  return name;
}

/**
 * The name of several commands.
 *
 * @param kind What they are together.
 * @param commands The commands, at least one.
 * @returns The kind, and the name of the commands if all have the same.
 */
export function groupName(
  kind: "PIPELINE" | "MULTI",
  commands: readonly Pick<Request, "row" | "words">[],
): string {
  const name = commandName(commands[0]);
  return commands.every((command) => commandName(command) === name) ? `${kind} ${name}` : kind;
}

/**
 * The name of what a script command calls: the digest of a script, or a function.
 *
 * @param request The request, with its words.
 * @returns The name; undefined if it is no such command, or has the text of a script.
 */
export function procedureName(
  { row, words }: Pick<Request, "row" | "words">,
): string | undefined {
  if (row === undefined || words.length < 2) return undefined;
  const form = PROCEDURES.get(row.name);
  if (form === undefined) return undefined;
  const name = textOf(words[1]);
  return form.test(name) ? name : undefined;
}

const DIGEST = /^[0-9a-f]{40}$/i;
const FUNCTION = /^\w{1,128}$/;
const PROCEDURES: ReadonlyMap<string, RegExp> = new Map([
  ["EVALSHA", DIGEST],
  ["EVALSHA_RO", DIGEST],
  ["FCALL", FUNCTION],
  ["FCALL_RO", FUNCTION],
]);

/** How a call has failed. */
export interface Failure {
  /** Value of `error.type`. */
  readonly type: string;
  /** Value of `db.response.status_code`; undefined if no server has answered with an error. */
  readonly code: string | undefined;
}

/**
 * Describes an error by names.
 *
 * @param error What the call of the user rejects with.
 * @returns The code of an error reply, else the name of the error.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof ServerError) {
    const code = codeOf(error);
    return { type: code ?? OTHER, code };
  }
  if (error instanceof RedisError) return { type: error.name, code: undefined };
  // The reason of a signal can be anything.
  const name = error instanceof Error ? error.name : "";
  return { type: /^[A-Z][A-Za-z]{0,63}$/.test(name) ? name : OTHER, code: undefined };
}

/** Code of an error reply. A script can return any text, including values, so only known codes of servers are shown. */
function codeOf({ code, command }: ServerError): string | undefined {
  if (SERVER_CODES.has(code)) return code;
  const mayBeOfScript = command === undefined || /^(EVAL|FCALL|EXEC)/.test(command);
  return !mayBeOfScript && /^[A-Z][A-Z\d_-]{1,31}$/.test(code) ? code : undefined;
}

const SERVER_CODES: ReadonlySet<string> = new Set([
  "ASK",
  "BUSY",
  "BUSYGROUP",
  "BUSYKEY",
  "CLUSTERDOWN",
  "CROSSSLOT",
  "DENIED",
  "ERR",
  "EXECABORT",
  "INPROG",
  "IOERR",
  "LOADING",
  "MASTERDOWN",
  "MISCONF",
  "MOVED",
  "NOAUTH",
  "NOGROUP",
  "NOPERM",
  "NOPROTO",
  "NOREPLICAS",
  "NOSCRIPT",
  "NOSUB",
  "NOTBUSY",
  "OOM",
  "READONLY",
  "TRYAGAIN",
  "UNBLOCKED",
  "UNKILLABLE",
  "WRONGPASS",
  "WRONGTYPE",
]);

/** Commands of which only the name is shown: they carry credentials, settings or scripts. */
const NAME_ONLY = /^(ACL|AUTH|CONFIG|EVAL|EVALSHA|FCALL|FUNCTION|HELLO|MIGRATE|SCRIPT)(_RO)?( |$)/;

/**
 * Tells whether arguments of a command may be shown at all.
 *
 * @param row The command's row.
 * @returns Whether its keys are known and may be shown.
 */
export function mayShowKeys(row: CommandRow): boolean {
  // Shard channels are routed like keys, and are none.
  return !row.keysNeedServer && !NAME_ONLY.test(row.name) &&
    row.keys.every(({ access }) => access !== "not_key");
}
