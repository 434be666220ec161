/**
 * No client at all, as the limit for clients on Deno: bytes made beforehand go out of a bare socket, and of the replies only the
 * bytes are counted.
 *
 * @module
 */

import { encodeCommand, openSocket, writeAll } from "../socket.ts";
import { BIG_KEYS, BIG_VALUES, KEYS, LIST_ITEMS, LIST_KEY, VALUE_LENGTH, VALUES } from "../data.ts";
import { isSet, mgetKeys, pick, type RequestWorkload } from "../workloads.ts";
import { Unsupported } from "./adapter.ts";
import { openMessages } from "./raw_messages.ts";
import type { Figures } from "./figures.ts";
import { serveSessions } from "./serve.ts";
import { Stopwatch } from "./stopwatch.ts";

/** Requests that are sent over and over, and how long their replies are. */
interface Tape {
  /** The requests, one behind the other. */
  readonly bytes: Uint8Array;
  /** Where each request ends in them. */
  readonly ends: readonly number[];
  /** Length of the reply to each, in bytes. */
  readonly replies: readonly number[];
}

const OK_LENGTH = "+OK\r\n".length;

/** Requests on a tape, if they are small. */
const TAPE_LENGTH = 1000;

await serveSessions(async (workload, endpoint) => {
  if (endpoint.cluster) throw new Unsupported("A bare socket does not know where slots are");
  if (workload.cached) throw new Unsupported("A bare socket keeps nothing");
  if (workload.measures === "messages") return await openMessages(workload, endpoint);
  const conn = await openSocket(endpoint);
  const tape = makeTape(workload);
  return {
    measure: (milliseconds) => measure(conn, tape, workload, milliseconds),
    close: () => conn.close(),
  };
});

/** Keeps as many requests under way as the workload says, until the time is up and all are answered. */
async function measure(
  conn: Deno.Conn,
  tape: Tape,
  { inFlight, burst }: RequestWorkload,
  milliseconds: number,
): Promise<Figures> {
  const { bytes, ends, replies } = tape;
  const count = replies.length;
  const chunk = new Uint8Array(65_536);
  const latencies: number[] = [];
  const stopwatch = new Stopwatch();
  const deadline = performance.now() + milliseconds;
  let sent = 0;
  let received = 0;
  let surplus = 0;
  let writing: Promise<void> = Promise.resolve();
  // One request at a time is timed: its number, and when it was sent.
  let timed = -1;
  let timedFrom = 0;

  const send = (requests: number): void => {
    if (timed < received) {
      timed = sent;
      timedFrom = performance.now();
    }
    while (requests > 0) {
      const from = sent % count;
      const to = Math.min(from + requests, count);
      const part = bytes.subarray(from === 0 ? 0 : ends[from - 1], ends[to - 1]);
      writing = writing.then(() => writeAll(conn, part));
      sent += to - from;
      requests -= to - from;
    }
  };

  send(inFlight);
  while (received < sent) {
    const length = await conn.read(chunk);
    if (length === null) throw new Error("Cannot go on: the server has closed the connection");
    surplus += length;
    const before = received;
    while (received < sent && surplus >= replies[received % count]) {
      surplus -= replies[received++ % count];
    }
    if (received === before) continue;
    const now = performance.now();
    if (timed >= before && timed < received) latencies.push(now - timedFrom);
    if (now >= deadline) continue;
    if (!burst) send(received - before);
    else if (received === sent) send(inFlight);
  }
  await writing;
  if (surplus > 0) throw new Error(`Cannot count the requests: ${surplus} bytes are left over`);
  return stopwatch.stop(received, latencies);
}

function makeTape(workload: RequestWorkload): Tape {
  const requests: Uint8Array[] = [];
  const replies: number[] = [];
  for (const { args, reply } of requestsOf(workload)) {
    requests.push(encodeCommand(args));
    replies.push(reply);
  }
  let end = 0;
  const ends = requests.map((request) => end += request.length);
  const bytes = new Uint8Array(end);
  requests.forEach((request, i) => bytes.set(request, ends[i] - request.length));
  return { bytes, ends, replies };
}

/** The commands of a workload with the lengths of their replies in RESP2. */
function* requestsOf({ name }: RequestWorkload): Generator<{ args: string[]; reply: number }> {
  if (name === "get1MiB") {
    for (const [i, key] of BIG_KEYS.entries()) {
      yield { args: ["GET", key], reply: bulkLength(BIG_VALUES[i].length) };
    }
  } else if (name === "set1MiB") {
    for (const [i, key] of BIG_KEYS.entries()) {
      yield { args: ["SET", key, BIG_VALUES[i]], reply: OK_LENGTH };
    }
  } else if (name === "lrange1000") {
    const items = LIST_ITEMS.reduce((sum, item) => sum + bulkLength(item.length), 0);
    yield {
      args: ["LRANGE", LIST_KEY, "0", String(LIST_ITEMS.length - 1)],
      reply: headLength(LIST_ITEMS.length) + items,
    };
  } else if (name === "mget100") {
    for (let n = 0; n < TAPE_LENGTH; n++) {
      const keys = mgetKeys(n);
      yield {
        args: ["MGET", ...keys],
        reply: headLength(keys.length) + keys.length * bulkLength(VALUE_LENGTH),
      };
    }
  } else {
    for (let n = 0; n < TAPE_LENGTH; n++) {
      const i = pick(n);
      yield isSet(n)
        ? { args: ["SET", KEYS[i], VALUES[i]], reply: OK_LENGTH }
        : { args: ["GET", KEYS[i]], reply: bulkLength(VALUE_LENGTH) };
    }
  }
}

/** Length of "$100\r\n…\r\n". */
function bulkLength(length: number): number {
  return headLength(length) + length + 2;
}

/** Length of "$100\r\n", or "*100\r\n". */
function headLength(length: number): number {
  return String(length).length + 3;
}
