/**
 * Reads the notation of the command table: one line per command, with subcommands indented below their container.
 *
 *     NAME ARITY [readonly] [write] [blocking] [movablekeys] [KEYS …] [REQUEST POLICY[:RESPONSE POLICY]]
 *     [timeout=AT:UNIT]
 *
 * One word per key specification, `ACCESS@BEGIN[?][FIND]`:
 *
 * | example | keys |
 * |---|---|
 * | `RO@1` | argument 1 |
 * | `RW@3?` | argument 3 unless it is empty |
 * | `RO@1..-1` | argument 1 to the last one |
 * | `OW@1..-1/2` | every second of these |
 * | `RO@1..+1` | argument 1 and the one behind it |
 * | `RO@STREAMS>4..-1%2` | the first half of what follows the word STREAMS, which is looked for from argument 4 on |
 * | `OW@STORE>2(BY:1,LIMIT:2)` | what follows the word STORE, looked for from argument 2 on, skipping BY with its one argument and LIMIT with its two |
 * | `RO@2#` | argument 2 is the count of the keys behind it |
 * | `OW@1#/2` | the same, every second one |
 *
 * Position 0 is the name; a negative position counts from the end. The time limit of a blocking command is at a
 * position (`timeout=-1:s`) or after a word (`timeout=BLOCK>1:ms`).
 *
 * @module
 */

import {
  type CommandRow,
  type KeyAccess,
  type KeySpecification,
  makeRow,
  type RequestPolicy,
  type ResponsePolicy,
  type TimeoutArgument,
} from "./row.ts";

/** All request policies. */
export const REQUEST_POLICIES: ReadonlySet<string> = new Set<RequestPolicy>([
  "all_nodes",
  "all_shards",
  "multi_shard",
  "special",
]);

/** All response policies. */
export const RESPONSE_POLICIES: ReadonlySet<string> = new Set<ResponsePolicy>([
  "one_succeeded",
  "all_succeeded",
  "agg_sum",
  "agg_min",
  "agg_max",
  "agg_logical_and",
  "agg_logical_or",
  "special",
  "union",
  "sum_map",
  "first_non_null",
]);

/**
 * Reads the lines of one command.
 *
 * @param lines The line of a command and, if it is a container, those of its subcommands.
 * @returns The row.
 * @throws {SyntaxError} If a line is not in the notation.
 */
export function parseRow(lines: string): CommandRow {
  const [line, ...subcommandLines] = lines.split("\n");
  if (subcommandLines.length === 0) return parseLine(line, "", undefined);
  const subcommands = new Map<string, CommandRow>();
  const container = line.slice(0, line.indexOf(" "));
  for (const subcommandLine of subcommandLines) {
    const row = parseLine(subcommandLine.trim(), `${container} `, undefined);
    subcommands.set(row.name.slice(container.length + 1), row);
  }
  return parseLine(line, "", subcommands);
}

function parseLine(
  line: string,
  prefix: string,
  subcommands: ReadonlyMap<string, CommandRow> | undefined,
): CommandRow {
  const [name, arity, ...words] = line.split(" ");
  const keys: KeySpecification[] = [];
  let readOnly = false, write = false, blocking = false, movableKeys = false;
  let requestPolicy: RequestPolicy | undefined;
  let responsePolicy: ResponsePolicy | undefined;
  let timeout: TimeoutArgument | undefined;
  for (const word of words) {
    if (word === "readonly") readOnly = true;
    else if (word === "write") write = true;
    else if (word === "blocking") blocking = true;
    else if (word === "movablekeys") movableKeys = true;
    else if (word.includes("@")) keys.push(sharedKeySpecification(word));
    else if (word.startsWith("timeout=")) timeout = parseTimeout(word);
    else [requestPolicy, responsePolicy] = parsePolicies(word);
  }
  return makeRow({
    name: prefix + name,
    arity: Number(arity),
    readOnly,
    write,
    blocking,
    movableKeys,
    keys,
    keysNeedServer: false,
    requestPolicy,
    responsePolicy,
    timeout,
    subcommands,
  });
}

// Most commands have their keys at the same positions as many others, so they share a specification.
const keySpecifications = new Map<string, KeySpecification>();

function sharedKeySpecification(word: string): KeySpecification {
  let specification = keySpecifications.get(word);
  if (specification === undefined) {
    specification = parseKeySpecification(word);
    keySpecifications.set(word, specification);
  }
  return specification;
}

const KEY_SPECIFICATION = new RegExp(
  "^(?<access>RO|RW|OW|RM|not_key)@" +
    "(?:(?<index>\\d+)(?<unlessEmpty>\\?)?|(?<keyword>[A-Z]+)>(?<startFrom>-?\\d+)(?:\\((?<options>[A-Z0-9:,]+)\\))?)" +
    "(?:\\.\\.(?<lastKey>-\\d+|\\+\\d+)|(?<keynum>#(?:(?<keyNumIndex>\\d+)\\+(?<firstKey>\\d+))?))?" +
    "(?:/(?<keyStep>\\d+))?(?:%(?<limit>\\d+))?$",
);

/**
 * Reads the word for one key specification.
 *
 * @param word The word.
 * @returns The specification.
 * @throws {SyntaxError} If the word is not in the notation.
 */
export function parseKeySpecification(word: string): KeySpecification {
  const parts = KEY_SPECIFICATION.exec(word)?.groups;
  if (parts === undefined) throw new SyntaxError(`Cannot read the key specification "${word}"`);
  const keyStep = Number(parts.keyStep ?? 1);
  return {
    access: parts.access as KeyAccess,
    begin: parts.keyword === undefined
      ? { type: "index", index: Number(parts.index), unlessEmpty: parts.unlessEmpty !== undefined }
      : {
        type: "keyword",
        keyword: parts.keyword,
        startFrom: Number(parts.startFrom),
        optionLengths: parts.options === undefined ? undefined : parseOptions(parts.options),
      },
    find: parts.keynum === undefined
      ? {
        type: "range",
        lastKey: Number(parts.lastKey ?? 0),
        keyStep,
        limit: Number(parts.limit ?? 0),
      }
      : {
        type: "keynum",
        keyNumIndex: Number(parts.keyNumIndex ?? 0),
        firstKey: Number(parts.firstKey ?? 1),
        keyStep,
      },
  };
}

function parseOptions(text: string): ReadonlyMap<string, number> {
  return new Map(
    text.split(",").map((option) => {
      const [word, length] = option.split(":");
      return [word, Number(length)];
    }),
  );
}

/**
 * Reads the word for one or two policies.
 *
 * @param word The word.
 * @returns The request policy, and the response policy if there is one.
 * @throws {SyntaxError} If the word names no policy.
 */
export function parsePolicies(word: string): [RequestPolicy, ResponsePolicy | undefined] {
  const [request, response] = word.split(":");
  if (
    !REQUEST_POLICIES.has(request) || (response !== undefined && !RESPONSE_POLICIES.has(response))
  ) {
    throw new SyntaxError(`Cannot read the policy "${word}"`);
  }
  return [request as RequestPolicy, response as ResponsePolicy | undefined];
}

/**
 * Reads the word for the time limit of a blocking command.
 *
 * @param word The word.
 * @returns Where the limit is.
 * @throws {SyntaxError} If the word is not in the notation.
 */
export function parseTimeout(word: string): TimeoutArgument {
  const parts = /^timeout=(?:(-?\d+)|([A-Z]+)>(\d+)):(s|ms)$/.exec(word);
  if (parts === null) throw new SyntaxError(`Cannot read the time limit "${word}"`);
  const [, position, keyword, startFrom, unit] = parts;
  return {
    at: keyword ?? Number(position),
    startFrom: Number(startFrom ?? 0),
    unit: unit === "s" ? 1000 : 1,
  };
}
