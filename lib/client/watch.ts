/**
 * Optimistic locking: keys are read, then written only if no other client has changed them in between.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { Key, OneOrMany } from "../commands/mod.ts";
import { Aborts } from "../connection/aborts.ts";
import { WatchError } from "../errors.ts";
import { describe, faultOfOptions } from "../option_shape.ts";
import type { View } from "./view.ts";
import { watchKeys, WatchSession } from "./watch_session.ts";
import { listOf, taken } from "../words.ts";

/** How often `watch()` begins again because its keys move to another node. */
const MAX_MOVES = 16;
/** Wait before it begins again then, in milliseconds: the first one, and the longest. */
const PAUSE = { first: 10, longest: 250 };

/** Options for `client.watch()`. */
export interface WatchOptions {
  /**
   * Number of retries after another client has changed a watched key; 0 for none.
   *
   * @default {10}
   */
  retries?: number;
}

/**
 * Watches keys while a callback runs, and begins again if a watched key was changed before its transaction.
 *
 * @param view What the requests are sent with. When its signal is aborted, all of it ends.
 * @param keys The keys.
 * @param work The callback.
 * @param options How often to begin again.
 * @returns What the callback returned.
 */
export async function runWatch<T extends string | Uint8Array, R>(
  view: View,
  keys: OneOrMany<Key>,
  work: (session: WatchSession<T>) => Promise<R>,
  options: WatchOptions = {},
): Promise<R> {
  const fault = faultOfOptions<WatchOptions>(options, { retries: "word" });
  if (fault !== undefined) throw new TypeError(`Cannot watch: ${fault}`);
  if (typeof work !== "function") {
    throw new TypeError(`Cannot watch: expected a callback, got ${describe(work)}`);
  }
  const { retries = 10 } = options;
  if (!Number.isInteger(retries) || retries < 0) {
    throw new RangeError("Cannot watch: expected retries to be an integer of 0 or more");
  }
  const watched = listOf(keys).map(taken);
  if (watched.length === 0) {
    throw new RangeError("Cannot watch: expected one or more keys, got none");
  }
  const signal = view.options?.signal;
  let changes = 0;
  let moves = 0;
  while (true) {
    const watching = await watchKeys(view, watched);
    const session = new WatchSession<T>(view, watching);
    try {
      signal?.throwIfAborted();
      const result = await untilAborted(run(work, session), signal);
      if (!session.broken) return result;
    } catch (error) {
      if (!session.failedByMove(error)) throw error;
    } finally {
      session.end();
    }
    if (session.moved !== undefined) {
      if (moves === MAX_MOVES) throw session.moved;
      await delay(Math.min(PAUSE.first * 2 ** moves++, PAUSE.longest), { signal });
    } else if (changes++ === retries) {
      throw new WatchError(
        `Cannot complete the transaction: a watched key was changed in each of ${changes} attempts`,
      );
    }
  }
}

/** Calls the callback; what it throws is a rejection. */
async function run<T extends string | Uint8Array, R>(
  work: (session: WatchSession<T>) => Promise<R>,
  session: WatchSession<T>,
): Promise<R> {
  return await work(session);
}

/** Passes on the outcome of the callback; rejects at once, without waiting for it, when the signal is aborted. */
function untilAborted<R>(outcome: Promise<R>, signal: AbortSignal | undefined): Promise<R> {
  if (signal === undefined) return outcome;
  return new Promise<R>((resolve, reject) => {
    const aborts = Aborts.of(signal);
    const abortable = {
      reject(reason: unknown): void {
        aborts.remove(abortable);
        reject(reason);
      },
    };
    outcome.then(resolve, reject).finally(() => aborts.remove(abortable));
    if (signal.aborted) reject(signal.reason);
    else aborts.add(abortable);
  });
}
