/**
 * Makes rows of the reply to COMMAND, for commands that are not in the built-in table.
 *
 * @module
 */

import { UnexpectedReplyError } from "../errors.ts";
import { REQUEST_POLICIES, RESPONSE_POLICIES } from "./notation.ts";
import {
  type CommandRow,
  type KeyAccess,
  type KeySpecification,
  makeRow,
  type RequestPolicy,
  type ResponsePolicy,
} from "./row.ts";

/**
 * Makes rows of the reply to COMMAND or COMMAND INFO, of any server version, in RESP2 or RESP3.
 *
 * An unknown policy is left out, and an unknown kind of key specification is `unknown`. A subcommand that was asked for
 * by its full name (`COMMAND INFO client|list`) has a row of its own, outside of its container.
 *
 * @param reply The reply, with bulk strings as text.
 * @returns One row per command, without commands that the server does not know.
 * @throws {UnexpectedReplyError} If the reply is malformed.
 */
export function rowsFromCommandReply(reply: unknown): CommandRow[] {
  const rows: CommandRow[] = [];
  for (const element of listOf(reply)) {
    if (element !== null) rows.push(rowOf(element));
  }
  return rows;
}

function rowOf(element: unknown): CommandRow {
  const [name, arity, flagList, first, last, step, , tipList, specificationList, subcommandList] =
    listOf(element);
  if (typeof name !== "string" || typeof arity !== "number") return unexpected(element);
  const flags = new Set(listOf(flagList));
  const tips = tipList === undefined ? [] : listOf(tipList);
  const subcommands = subcommandList === undefined ? [] : listOf(subcommandList).map(rowOf);
  const keys = specificationList === undefined
    ? keysOfFixedPositions(first, last, step, flags.has("write"))
    : listOf(specificationList).map(keySpecificationOf);
  const upperCaseName = name.toUpperCase().replace("|", " ");
  return makeRow({
    name: upperCaseName,
    arity,
    readOnly: flags.has("readonly"),
    write: flags.has("write"),
    blocking: flags.has("blocking"),
    movableKeys: flags.has("movablekeys"),
    keys,
    keysNeedServer: keysNeedServer(keys, flags.has("movablekeys")),
    requestPolicy: policyIn(tips, "request_policy:", REQUEST_POLICIES) as RequestPolicy | undefined,
    responsePolicy: policyIn(tips, "response_policy:", RESPONSE_POLICIES) as
      | ResponsePolicy
      | undefined,
    timeout: undefined,
    subcommands: subcommands.length === 0 ? undefined : new Map(
      subcommands.map((row) => [row.name.slice(upperCaseName.length + 1), row]),
    ),
  });
}

function keysNeedServer(keys: readonly KeySpecification[], movableKeys: boolean): boolean {
  if (keys.some(({ begin, find }) => begin.type === "unknown" || find.type === "unknown")) {
    return true;
  }
  // A module that finds the keys of its commands itself has the flag "movablekeys", but key specifications that the
  // server makes of fixed positions. Servers without key specifications also tell only fixed positions.
  return movableKeys &&
    keys.every(({ begin, find }) => begin.type === "index" && find.type === "range");
}

/** Servers before Redis 7.0 tell only the positions of the first and last key, and the step. */
function keysOfFixedPositions(
  first: unknown,
  last: unknown,
  step: unknown,
  write: boolean,
): KeySpecification[] {
  if (typeof first !== "number" || typeof last !== "number" || typeof step !== "number") {
    return unexpected([first, last, step]);
  }
  if (first <= 0) return [];
  return [{
    access: write ? "RW" : "RO",
    begin: { type: "index", index: first, unlessEmpty: false },
    find: { type: "range", lastKey: last < 0 ? last : last - first, keyStep: step, limit: 0 },
  }];
}

function keySpecificationOf(element: unknown): KeySpecification {
  const specification = recordOf(element);
  const flags = listOf(specification.get("flags"));
  const access = flags.find((flag) => /^(?:RO|RW|OW|RM|not_key)$/.test(String(flag)));
  return {
    access: (access ?? "RW") as KeyAccess,
    begin: beginOf(specification.get("begin_search")),
    // Only the server knows the keys that an incomplete specification leaves out.
    find: flags.includes("incomplete")
      ? { type: "unknown" }
      : findOf(specification.get("find_keys")),
  };
}

function beginOf(element: unknown): KeySpecification["begin"] {
  const begin = recordOf(element);
  switch (begin.get("type")) {
    case "index": {
      const { index } = numbersOf(begin.get("spec"), ["index"]);
      return { type: "index", index, unlessEmpty: false };
    }
    case "keyword": {
      const keyword = String(recordOf(begin.get("spec")).get("keyword")).toUpperCase();
      const { startfrom } = numbersOf(begin.get("spec"), ["startfrom"]);
      return { type: "keyword", keyword, startFrom: startfrom, optionLengths: undefined };
    }
    default:
      return { type: "unknown" };
  }
}

function findOf(element: unknown): KeySpecification["find"] {
  const find = recordOf(element);
  switch (find.get("type")) {
    case "range": {
      const numbers = numbersOf(find.get("spec"), ["lastkey", "keystep", "limit"]);
      return {
        type: "range",
        lastKey: numbers.lastkey,
        keyStep: numbers.keystep,
        limit: numbers.limit,
      };
    }
    case "keynum": {
      const numbers = numbersOf(find.get("spec"), ["keynumidx", "firstkey", "keystep"]);
      return {
        type: "keynum",
        keyNumIndex: numbers.keynumidx,
        firstKey: numbers.firstkey,
        keyStep: numbers.keystep,
      };
    }
    default:
      return { type: "unknown" };
  }
}

function policyIn(
  tips: readonly unknown[],
  prefix: string,
  known: ReadonlySet<string>,
): string | undefined {
  for (const tip of tips) {
    if (typeof tip !== "string" || !tip.startsWith(prefix)) continue;
    const policy = tip.slice(prefix.length);
    return known.has(policy) ? policy : undefined;
  }
}

/** Elements of an array, or of the set that RESP3 has in its place. */
function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value instanceof Set ? [...value] : unexpected(value);
}

/** Entries of a map, or of the flat array that RESP2 has in its place. */
function recordOf(value: unknown): ReadonlyMap<unknown, unknown> {
  if (value instanceof Map) return value;
  const flat = listOf(value);
  const record = new Map<unknown, unknown>();
  for (let i = 0; i + 1 < flat.length; i += 2) record.set(flat[i], flat[i + 1]);
  return record;
}

function numbersOf<Name extends string>(
  value: unknown,
  names: readonly Name[],
): Record<Name, number> {
  const record = recordOf(value);
  const numbers = {} as Record<Name, number>;
  for (const name of names) {
    const number = record.get(name);
    if (typeof number !== "number" || !Number.isInteger(number)) return unexpected(value);
    numbers[name] = number;
  }
  return numbers;
}

function unexpected(found: unknown): never {
  const kind = found === null ? "null" : Array.isArray(found) ? "an array" : typeof found;
  throw new UnexpectedReplyError(
    `Cannot read the reply to COMMAND: expected the description of a command, got ${kind} in its place`,
  );
}
