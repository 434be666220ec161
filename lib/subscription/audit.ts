/**
 * Asks a server what is subscribed on a connection.
 *
 * @module
 */

import type { Call } from "../connection/link.ts";
import type { Subscriber } from "./subscriber.ts";
import type { Kind, Topic } from "./topic.ts";

/**
 * Compares what a server says is subscribed on the connection of a subscriber with what should be.
 *
 * @param subscriber The subscriber.
 * @param call Sends a command on another connection to the node: in RESP2 a connection that is subscribed cannot ask.
 * @returns Whether that differs; false if the server does not tell, or the subscriptions have changed meanwhile.
 */
export async function differs<T extends Topic>(
  subscriber: Subscriber<T>,
  call: Call,
): Promise<boolean> {
  const { connection } = subscriber;
  const before = subscriber.expected();
  if (connection === null || before === undefined) return false;
  const { answered } = connection;
  const { protocol, clientId } = connection.greeting!;
  if (protocol === 2 && clientId === undefined) return false;
  let answer: unknown;
  try {
    answer = await (protocol === 3
      ? connection.call(["CLIENT", "INFO"])
      : call(["CLIENT", "LIST", "ID", clientId!]));
  } catch {
    // The user may not ask, or the connection is lost.
    return false;
  }
  // The answer to the question counts as well, if it came on the same connection.
  if (connection.answered > answered + 1 || subscriber.connection !== connection) return false;
  const after = subscriber.expected();
  if (after === undefined) return false;
  // The other connection may lead to another process, in which another connection has that number.
  const age = /\bage=(\d+)/.exec(String(answer))?.[1];
  const own = (performance.now() - connection.since) / 1000;
  if (age !== undefined && Math.abs(Number(age) - own) > TOLERANCE) return false;
  return KEYS.some(([kind, key]) => {
    if (before[kind] !== after[kind]) return false;
    const count = new RegExp(`\\b${key}=(\\d+)`).exec(String(answer))?.[1];
    return count !== undefined && Number(count) !== after[kind];
  });
}

/** By how many seconds the age of a connection may differ between the server and this process. */
const TOLERANCE = 2;

const KEYS: readonly (readonly [Kind, string])[] = [
  ["message", "sub"],
  ["pmessage", "psub"],
  ["smessage", "ssub"],
];
