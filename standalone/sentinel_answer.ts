/**
 * Reads what a sentinel says about a primary, its replicas and the other sentinels.
 *
 * @module
 */

import { ServerError, UnexpectedReplyError } from "../lib/errors.ts";
import { type Endpoint, show } from "../lib/connection/transport.ts";
import type { Reply } from "../lib/resp/reply.ts";

/** Another sentinel, as a sentinel knows it. */
export interface KnownSentinel extends Endpoint {
  /** Its id; undefined if it is not told. */
  readonly id: string | undefined;
}

/** What a sentinel said. */
export interface SentinelAnswer {
  /** Id of the sentinel; undefined if it does not tell. */
  readonly id: string | undefined;
  /** The primary; undefined if the sentinel knows none by that name. */
  readonly primary: Endpoint | undefined;
  /** Why the primary cannot be used, in the words of the sentinel (`"s_down,o_down"`); undefined if it can. */
  readonly down: string | undefined;
  /** Number of the failover that made it the primary. */
  readonly epoch: number;
  /** The replicas that can be read from. */
  readonly replicas: readonly Endpoint[];
  /** More replicas that are up, to which the sentinel is not connected, or which are not in sync as far as it knows. */
  readonly doubtful: readonly Endpoint[];
  /** The other sentinels that answer it. */
  readonly sentinels: readonly KnownSentinel[];
  /** How many sentinels there are, the answering one included. */
  readonly voters: number;
}

/**
 * The questions to a sentinel.
 *
 * @param name Name of the primary.
 * @returns Commands, for one write. {@linkcode readAnswer} reads their replies.
 */
export function questions(name: string): string[][] {
  return [
    ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name],
    ["SENTINEL", "MASTER", name],
    ["SENTINEL", "REPLICAS", name],
    ["SENTINEL", "SENTINELS", name],
    ["SENTINEL", "MYID"],
  ];
}

/**
 * Reads the replies to {@linkcode questions}.
 *
 * A sentinel that leads a failover says by GET-MASTER-ADDR-BY-NAME which node it has promoted, while MASTER still has the
 * address and the flags of the old primary, with the epoch of the new one.
 *
 * @param outcomes A reply to each question, or the error with which it was refused.
 * @returns The answer.
 * @throws {ServerError} If the sentinel refuses to tell the primary.
 * @throws {UnexpectedReplyError} If the server is no sentinel, or a reply is malformed.
 */
export function readAnswer(outcomes: readonly (Reply | ServerError)[]): SentinelAnswer {
  const [address, master, replicas, sentinels, myId] = outcomes;
  if (address instanceof ServerError) throw explained(address);
  const primary = address === null ? undefined : addressIn(address);
  // The user may be allowed the first question only. An unknown name is answered with an error.
  const fields = master instanceof ServerError ? new Map<string, string>() : fieldsOf(master);
  const known = listOf(sentinels);
  const flags = flagsIn(fields);
  const promoted = primary !== undefined && fields.size > 0 && !isAt(fields, primary);
  const others = listOf(replicas).filter((replica) =>
    primary === undefined || !isAt(replica, primary)
  );
  return {
    id: typeof myId === "string" ? myId : undefined,
    primary,
    down: promoted ? undefined : isDown(flags) ? flags.filter(saysDown).join() : undefined,
    epoch: numberIn(fields, "config-epoch"),
    replicas: others.filter(canBeRead).map(endpointIn),
    doubtful: others.filter((replica) => !canBeRead(replica) && !isDown(flagsIn(replica)))
      .map(endpointIn),
    sentinels: known.filter((sentinel) => !isAway(sentinel)).map((sentinel) => ({
      ...endpointIn(sentinel),
      id: sentinel.get("runid") || undefined,
    })),
    voters: 1 + Math.max(known.length, numberIn(fields, "num-other-sentinels")),
  };
}

/**
 * What a sentinel said, for messages.
 *
 * @param answer The answer.
 * @param name Name of the primary.
 */
export function describeAnswer({ primary, down, epoch }: SentinelAnswer, name: string): string {
  if (primary === undefined) return `knows no primary "${name}"`;
  const where = `says that ${show(primary)} is the primary (epoch ${epoch})`;
  return down === undefined ? where : `${where} and down (${down})`;
}

type Fields = ReadonlyMap<string, string>;

function explained(error: ServerError): Error {
  if (!/unknown command/i.test(error.message)) return error;
  return new UnexpectedReplyError(
    "Cannot use the server as a sentinel: it is not in Sentinel mode",
    {
      cause: error,
    },
  );
}

function addressIn(reply: Reply): Endpoint {
  if (Array.isArray(reply) && reply.length === 2) {
    const [host, port] = reply;
    if (typeof host === "string" && host !== "" && Number(port) > 0) {
      return { host, port: Number(port) };
    }
  }
  throw malformed();
}

/** Reads fields: a map in RESP3, names and values in turn in RESP2. */
function fieldsOf(reply: Reply): Fields {
  if (!Array.isArray(reply) && !(reply instanceof Map)) throw malformed();
  const flat = Array.isArray(reply) ? reply : [...reply].flat(1);
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < flat.length; i += 2) fields.set(String(flat[i]), String(flat[i + 1]));
  return fields;
}

function listOf(reply: Reply | ServerError): Fields[] {
  return Array.isArray(reply) ? reply.map(fieldsOf).filter(hasAddress) : [];
}

function hasAddress(fields: Fields): boolean {
  return Boolean(fields.get("ip")) && numberIn(fields, "port") > 0;
}

function endpointIn(fields: Fields): Endpoint {
  return { host: fields.get("ip")!, port: numberIn(fields, "port") };
}

function isAt(fields: Fields, { host, port }: Endpoint): boolean {
  return fields.get("ip") === host && numberIn(fields, "port") === port;
}

function numberIn(fields: Fields, name: string): number {
  const number = Number(fields.get(name));
  return Number.isFinite(number) ? number : 0;
}

function flagsIn(fields: Fields): string[] {
  return fields.get("flags")?.split(",") ?? [];
}

function saysDown(flag: string): boolean {
  return flag === "s_down" || flag === "o_down";
}

function isDown(flags: readonly string[]): boolean {
  return flags.some(saysDown);
}

function isAway(fields: Fields): boolean {
  const flags = flagsIn(fields);
  return isDown(flags) || flags.includes("disconnected");
}

function canBeRead(replica: Fields): boolean {
  return !isAway(replica) && replica.get("master-link-status") === "ok";
}

function malformed(): UnexpectedReplyError {
  return new UnexpectedReplyError("Cannot read the answer of the sentinel: it is malformed");
}
