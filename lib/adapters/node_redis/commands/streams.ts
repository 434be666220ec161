/**
 * Methods for streams.
 *
 * @module
 */

import {
  method,
  type Methods,
  millisecondsOf,
  options,
  optionsIn,
  pairsOf,
  plain,
  plainMethods,
  several,
} from "../methods.ts";
import { entries, entry, listOf, record, records, type Shaped, streams } from "../replies.ts";

const ADD = options("TRIM:");
const TRIM = options("strategy: strategyModifier: threshold: limit= policy:");
const XTRIM = options("LIMIT= policy:");
const CREATE = options("MKSTREAM ENTRIESREAD=");
const SETID = options("ENTRIESREAD=");
const READ = options("COUNT= BLOCK=");
const READGROUP = options("COUNT= BLOCK= NOACK CLAIM=");
const COUNT = options("COUNT=");
const CLAIM = options("IDLE= TIME= RETRYCOUNT= FORCE LASTID=");
const IDLE = options("IDLE=");
const LAST = options("ENTRIESADDED= MAXDELETEDID=");

function addWords(
  key: unknown,
  id: unknown,
  message: Record<string, unknown>,
  given: unknown,
  ...flags: string[]
): unknown[] {
  const { TRIM: trim, ...rest } = optionsIn(given);
  return [key, flags, ADD({ ...rest, TRIM: trim && TRIM(trim) }), id, pairsOf(message)];
}

/** A stream, and behind which entry it is read. */
interface Position {
  key: unknown;
  id: unknown;
}

function positions(given: Position | readonly Position[]): unknown[] {
  const all = several(given);
  return ["STREAMS", all.map(({ key }) => key), all.map(({ id }) => id)];
}

function claimWords(
  key: unknown,
  group: unknown,
  consumer: unknown,
  minIdleTime: unknown,
  ids: unknown,
  given?: unknown,
): unknown[] {
  const { TIME, ...rest } = optionsIn(given);
  return [key, group, consumer, minIdleTime, ids, CLAIM({ ...rest, TIME: millisecondsOf(TIME) })];
}

const ranged = (key: unknown, start: unknown, end: unknown, given: unknown): unknown[] => [
  key,
  start,
  end,
  COUNT(given),
];

/** What XAUTOCLAIM answers. */
function claimed(messages: (reply: Shaped) => unknown): (reply: Shaped) => unknown {
  return (reply) => {
    const [nextId, found, deletedMessages] = listOf(reply);
    return { nextId, messages: messages(found), deletedMessages };
  };
}

/** Methods for streams. */
export const STREAM_METHODS: Methods = {
  ...plainMethods(`
    xAck 3 XACK
    xDel 2 XDEL
    xGroupCreateConsumer 3 XGROUP CREATECONSUMER
    xGroupDelConsumer 3 XGROUP DELCONSUMER
    xGroupDestroy 2 XGROUP DESTROY
    xLen 1 XLEN
  `),
  xAdd: method("XADD", (key, id, message, given) => addWords(key, id, message, given)),
  xAddNoMkStream: method(
    "XADD/NOMKSTREAM",
    (key, id, message, given) => addWords(key, id, message, given, "NOMKSTREAM"),
  ),
  xAutoClaim: method(
    "XAUTOCLAIM",
    (key, group, consumer, time, start, given) => [key, group, consumer, time, start, COUNT(given)],
    claimed(entries),
  ),
  xAutoClaimJustId: method(
    "XAUTOCLAIM/JUSTID",
    (key, group, consumer, time, start, given) => [
      ...[key, group, consumer, time, start],
      COUNT(given),
      "JUSTID",
    ],
    claimed((ids) => ids),
  ),
  xClaim: method("XCLAIM", claimWords, entries),
  xClaimJustId: method("XCLAIM/JUSTID", (...args: Parameters<typeof claimWords>) => [
    ...claimWords(...args),
    "JUSTID",
  ]),
  xGroupCreate: method("XGROUP CREATE", (key, group, id, given) => [
    key,
    group,
    id,
    CREATE(given),
  ]),
  xGroupSetId: method("XGROUP SETID", (key, group, id, given) => [key, group, id, SETID(given)]),
  xInfoConsumers: plain("XINFO CONSUMERS", 2, records),
  xInfoGroups: plain("XINFO GROUPS", 1, records),
  xInfoStream: plain("XINFO STREAM", 1, (reply) => {
    const { "first-entry": first, "last-entry": last, ...rest } = record(reply);
    return { ...rest, "first-entry": entry(first), "last-entry": entry(last) };
  }),
  xPending: plain("XPENDING", 2, (reply) => {
    const [pending, firstId, lastId, consumers] = listOf(reply);
    return {
      pending,
      firstId,
      lastId,
      consumers: consumers && listOf(consumers).map((consumer) => {
        const [name, deliveriesCounter] = listOf(consumer);
        return { name, deliveriesCounter: Number(deliveriesCounter) };
      }),
    };
  }),
  xPendingRange: method(
    "XPENDING/RANGE",
    (key, group, start, end, count, given) => {
      const { consumer, ...rest } = optionsIn(given);
      return [key, group, IDLE(rest), start, end, count, consumer ?? []];
    },
    (reply) =>
      listOf(reply).map((pending) => {
        const [id, consumer, millisecondsSinceLastDelivery, deliveriesCounter] = listOf(pending);
        return { id, consumer, millisecondsSinceLastDelivery, deliveriesCounter };
      }),
  ),
  xRange: method("XRANGE", ranged, entries),
  xRead: method("XREAD", (keys, given) => [READ(given), positions(keys)], streams),
  xReadGroup: method(
    "XREADGROUP",
    (group, consumer, keys, given) => [
      ...["GROUP", group, consumer],
      READGROUP(given),
      positions(keys),
    ],
    streams,
  ),
  xRevRange: method("XREVRANGE", ranged, entries),
  xSetId: method("XSETID", (key, id, given) => [key, id, LAST(given)]),
  xTrim: method(
    "XTRIM",
    (key, strategy, threshold, given) => {
      const { strategyModifier, ...rest } = optionsIn(given);
      return [key, strategy, strategyModifier ?? [], threshold, XTRIM(rest)];
    },
  ),
};
