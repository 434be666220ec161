/**
 * Types of the command table.
 *
 * A row has the facts that this library uses: where the keys are, which nodes get the command, how the replies of
 * several nodes are combined, and how long the command may block.
 *
 * @module
 */

/**
 * Which nodes get a command that does not simply go to the node of its keys.
 *
 * - `all_nodes`: every primary and every replica
 * - `all_shards`: every primary
 * - `multi_shard`: split by key, each part to the node of its keys
 * - `special`: no rule; the caller must name the node
 */
export type RequestPolicy = "all_nodes" | "all_shards" | "multi_shard" | "special";

/**
 * How to combine the replies of several nodes.
 *
 * Without a policy, arrays are concatenated, in the order of the keys where the command has keys. The servers' own
 * policies:
 *
 * - `one_succeeded`: the first success; an error if there is none
 * - `all_succeeded`: one of the replies if all are successes, else an error
 * - `agg_sum`, `agg_min`, `agg_max`, `agg_logical_and`, `agg_logical_or`: of the integers, or of arrays element by
 *   element
 * - `special`: no aggregate; the replies stay apart, one per node
 *
 * Ours, for commands that the servers leave without one:
 *
 * - `union`: the elements of all arrays, each once
 * - `sum_map`: flat lists of name and count, summed by name
 * - `first_non_null`: the first reply that is not null, whatever the other nodes answer; without one an error, if there
 *   is one; else null
 */
export type ResponsePolicy =
  | "one_succeeded"
  | "all_succeeded"
  | "agg_sum"
  | "agg_min"
  | "agg_max"
  | "agg_logical_and"
  | "agg_logical_or"
  | "special"
  | "union"
  | "sum_map"
  | "first_non_null";

/**
 * What a command does to the keys of one specification: `RO` reads, `RW` reads and writes, `OW` overwrites, `RM`
 * removes.
 *
 * `not_key` is an argument that only routes like a key, such as a shard channel.
 */
export type KeyAccess = "RO" | "RW" | "OW" | "RM" | "not_key";

/** Begins the search for keys at a fixed argument. */
export interface IndexBegin {
  /** Discriminant. */
  readonly type: "index";
  /** Position of the argument; the name of the command is 0. */
  readonly index: number;
  /** Whether an empty argument means that there is no key (MIGRATE with its KEYS option). */
  readonly unlessEmpty: boolean;
}

/** Begins the search for keys after a word. */
export interface KeywordBegin {
  /** Discriminant. */
  readonly type: "keyword";
  /** The word, in upper case; any case matches. */
  readonly keyword: string;
  /** First position to look at. A negative one counts from the end; then the search goes backwards. */
  readonly startFrom: number;
  /** Options that may precede the word, with their number of arguments. These arguments are skipped. */
  readonly optionLengths?: ReadonlyMap<string, number>;
}

/** All keys up to a last one. */
export interface KeyRange {
  /** Discriminant. */
  readonly type: "range";
  /**
   * Position of the last key: from the first key if 0 or more, else from the end of the arguments (-1 is the last one).
   */
  readonly lastKey: number;
  /** Distance from one key to the next. */
  readonly keyStep: number;
  /** With a `lastKey` of -1: only the first 1/limit of the remaining arguments are keys. 0 and 1 mean all of them. */
  readonly limit: number;
}

/** As many keys as an argument says. */
export interface KeyCount {
  /** Discriminant. */
  readonly type: "keynum";
  /** Position of the count, relative to the beginning of the search. */
  readonly keyNumIndex: number;
  /** Position of the first key, relative to the beginning of the search. */
  readonly firstKey: number;
  /** Distance from one key to the next. */
  readonly keyStep: number;
}

/** A position that the server does not describe. */
export interface UnknownKeys {
  /** Discriminant. */
  readonly type: "unknown";
}

/** Where some of the keys of a command are: where to begin, and which arguments are keys from there on. */
export interface KeySpecification {
  /** What the command does to these keys. */
  readonly access: KeyAccess;
  /** Where to begin. */
  readonly begin: IndexBegin | KeywordBegin | UnknownKeys;
  /** Which arguments from there on are keys. */
  readonly find: KeyRange | KeyCount | UnknownKeys;
}

/** Which argument of a blocking command is the time limit for the server. */
export interface TimeoutArgument {
  /** Position of the argument (a negative one counts from the end), or the word in upper case that it follows. */
  readonly at: number | string;
  /** First position at which to look for the word; the search ends at the first key. 0 where `at` is a position. */
  readonly startFrom: number;
  /** Milliseconds in one unit of the argument. */
  readonly unit: 1 | 1000;
}

/** Facts about one command, or about one subcommand of a container command. */
export interface CommandRow {
  /** Name in upper case, with the container's name before that of a subcommand: `"GET"`, `"CONFIG GET"`. */
  readonly name: string;
  /** Number of arguments, the name included; -n for n or more. */
  readonly arity: number;
  /** Whether the server flags it as read-only. */
  readonly readOnly: boolean;
  /** Whether the server flags it as a write. */
  readonly write: boolean;
  /** Whether it may block its connection. */
  readonly blocking: boolean;
  /** Whether the server says that the positions of its keys vary. */
  readonly movableKeys: boolean;
  /** Where its keys are; empty if it has none. */
  readonly keys: readonly KeySpecification[];
  /** Position of the first key if every call has it at the same one; -1 without keys; 0 if it must be searched for. */
  readonly fixedFirstKey: number;
  /**
   * Whether only the server can find all keys of a call (COMMAND GETKEYS). False for all rows of the built-in table.
   */
  readonly keysNeedServer: boolean;
  /** Which nodes get the command; undefined for the node of its keys, or any node if it has none. */
  readonly requestPolicy: RequestPolicy | undefined;
  /** How to combine the replies of several nodes. */
  readonly responsePolicy: ResponsePolicy | undefined;
  /** Which argument is the time limit for the server. */
  readonly timeout: TimeoutArgument | undefined;
  /** Whether it ends scripts, pauses or connections, so that it must not wait behind other requests. */
  readonly interrupting: boolean;
  /** Subcommands of a container, by their names without the container's, in upper case. */
  readonly subcommands: ReadonlyMap<string, CommandRow> | undefined;
}

/** The facts from which a row is made. */
export type RowFacts = Omit<CommandRow, "fixedFirstKey" | "interrupting">;

/** Commands that end a script or a pause, and which servers accept during it; and CLIENT KILL. */
const INTERRUPTING = new Set([
  "CLIENT KILL",
  "CLIENT UNPAUSE",
  "FUNCTION KILL",
  "SCRIPT KILL",
  "SHUTDOWN",
]);

/**
 * Makes a row, with the facts that follow from others.
 *
 * All rows are made here, so they have the same hidden class, and code that reads them on the hot path stays
 * monomorphic.
 *
 * @param facts The facts.
 * @returns The row.
 */
export function makeRow(facts: RowFacts): CommandRow {
  return {
    name: facts.name,
    arity: facts.arity,
    readOnly: facts.readOnly,
    write: facts.write,
    blocking: facts.blocking,
    movableKeys: facts.movableKeys,
    keys: facts.keys,
    fixedFirstKey: fixedFirstKey(facts.keys),
    keysNeedServer: facts.keysNeedServer,
    requestPolicy: facts.requestPolicy,
    responsePolicy: facts.responsePolicy,
    timeout: facts.timeout,
    interrupting: INTERRUPTING.has(facts.name),
    subcommands: facts.subcommands,
  };
}

function fixedFirstKey(keys: readonly KeySpecification[]): number {
  if (keys.length === 0) return -1;
  const { begin, find } = keys[0];
  return begin.type === "index" && !begin.unlessEmpty && find.type === "range" ? begin.index : 0;
}
