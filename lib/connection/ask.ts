/**
 * Commands of the client itself, on one connection.
 *
 * @module
 */

import type { Words } from "../executor.ts";
import type { Argument, Reply } from "../resp/reply.ts";
import { type Channel, NO_OWNER, Request, type RequestOwner } from "./request.ts";

/**
 * Asks something on a connection on behalf of the client itself, without a deadline.
 *
 * @param connection An open connection.
 * @param words The command.
 * @returns The reply; rejects with the reason if the connection is closed before it.
 */
export function ask(connection: Channel, words: Words): Promise<Reply> {
  const request = internalRequest(words, NO_OWNER);
  const promise = request.promise<Reply>();
  if (connection.closed) connection.ended.then((error) => request.reject(error));
  else connection.send(request);
  return promise;
}

/**
 * Makes a request of the client itself: its reply is taken as it is, and it is never sent again.
 *
 * @param words The command.
 * @param owner Learns of its end.
 * @param timeout Its budget in milliseconds, 0 for none.
 */
export function internalRequest(words: Words, owner: RequestOwner, timeout = 0): Request {
  const request = new Request(words as Argument[], undefined, asItIs, owner);
  request.timeout = timeout;
  request.internal = true;
  return request;
}

function asItIs(reply: Reply): Reply {
  return reply;
}
