/**
 * AUTH on a connection that is in use.
 *
 * Redis since 7.2 and Valkey 8 send no reply to a refused AUTH while earlier replies or messages wait in their
 * output buffer. All later replies would then go to the wrong requests. So a PING with a mark follows AUTH: if the reply
 * to PING comes in the place of that to AUTH, AUTH was refused.
 *
 * @module
 */

import { ServerError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { decodeText } from "../resp/text.ts";

/** A connection whose replies come in the order of its commands. */
export interface Line {
  /**
   * Sends a command behind all others.
   *
   * @param words The command.
   * @param take Gets the reply, an error reply, or the reason why the connection is closed. Called before the next reply
   * is matched.
   */
  hand(words: Words, take: (outcome: unknown) => void): void;
  /** Takes away the command that waits for the next reply: that reply has been handed to the command before. */
  skip(): void;
}

/** Codes of error replies to PING that AUTH never gets. */
const ONLY_OF_PING = new Set(["NOPERM", "NOAUTH", "LOADING", "BUSY", "MASTERDOWN", "MISCONF"]);

/**
 * Sends AUTH.
 *
 * @param line The connection, which has shaken hands.
 * @param words AUTH, with its arguments.
 * @returns The reply to AUTH; rejects with WRONGPASS if the server has left out the refusal, and with the reason if the
 * connection is closed.
 */
export function authenticate(line: Line, words: Words): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const mark = crypto.randomUUID();
  line.hand(words, (outcome) => {
    if (isOfPing(outcome, mark)) {
      line.skip();
      const refusal = new ServerError(
        "WRONGPASS invalid username-password pair or user is disabled.",
      );
      refusal.command = "AUTH";
      reject(refusal);
    } else if (outcome instanceof Error) {
      reject(outcome);
    } else {
      resolve(outcome as Reply);
    }
  });
  line.hand(["PING", mark], ignore);
  return promise;
}

/** Whether an outcome in the place of that of AUTH is the reply to PING. */
function isOfPing(outcome: unknown, mark: string): boolean {
  if (outcome instanceof ServerError) return ONLY_OF_PING.has(outcome.code);
  if (outcome instanceof Uint8Array) outcome = decodeText(outcome, 0, outcome.length);
  return outcome === mark;
}

function ignore(): void {}
