/**
 * Transactions: several commands that are executed atomically (MULTI and EXEC).
 *
 * @module
 */

import {
  addCommands,
  Batch,
  type BatchOptions,
  checkBatchOptions,
  leftOut,
  settle,
  withdraw,
} from "./batch.ts";
import { NO_OWNER, type ObservedCall, Request } from "../connection/request.ts";
import { RedisError, ServerError, UnexpectedReplyError } from "../errors.ts";
import { elementsOf, pairsOf, toMap, toSet } from "../resp/repeated.ts";
import type { Reply } from "../resp/reply.ts";
import type { View } from "./view.ts";
import { checkText } from "../words.ts";

/**
 * Runs a transaction.
 *
 * MULTI, the commands and EXEC are one request: they go out in one piece, and none of them without the others.
 *
 * @param view What the transaction is sent with.
 * @param build Adds the commands.
 * @param options Options of the transaction.
 * @param send Sends the request; by default it goes where its keys are.
 * @returns The value of each command; null if a watched key was changed.
 */
export async function runTransaction<T extends string | Uint8Array, P extends readonly unknown[]>(
  view: View,
  build: (transaction: Batch<T, "one">) => P,
  options: BatchOptions | undefined,
  send: (exec: Request) => void = (exec) => view.launch(exec),
): Promise<unknown[] | null> {
  checkBatchOptions("transaction", options);
  const commands: Request[] = [];
  const transaction = new Batch<T, "one">((words, decode, bytes = view.bytes) => {
    const { row, words: taken } = view.make(words, decode, bytes);
    checkText(taken);
    // It holds the words, the decoder and the promise; it is never sent by itself.
    const command = new Request(words as never, row, decode, NO_OWNER);
    command.bytes = bytes;
    commands.push(command);
    return command;
  });
  const outcomes = addCommands("transaction", transaction, build, commands);
  let broken = false;
  let failure: { error: unknown } | undefined;
  let call: ObservedCall | null = null;
  try {
    if (transaction.refusals.length > 0) throw transaction.refusals[0];
    if (commands.length > 0) {
      const exec = view.make(["EXEC"], asItIs, commands.some(({ bytes }) => bytes));
      exec.prelude = commands;
      exec.impatient = options?.retryServerErrors !== true;
      exec.handTo((reply) => {
        broken = reply === null;
        const first = distribute(exec, commands, reply as Reply);
        call?.end(options?.errors === "values" ? undefined : first);
      }, (error) => {
        failure = { error };
        call?.end(error);
        // A command that the server refused has its own error.
        for (const [i, command] of commands.entries()) {
          command.reject(exec.refusals?.get(i) ?? error);
        }
      });
      view.dispatcher.placeTogether(exec, commands, view.options);
      call = view.dispatcher.observer?.beginTransaction(exec) ?? null;
      send(exec);
    }
  } catch (error) {
    withdraw(commands, error);
    call?.end(error);
    throw error;
  }
  const results = await outcomes;
  await leftOut(transaction, commands);
  if (broken) return null;
  const { errors = "reject" } = options ?? {};
  if (failure !== undefined && errors === "reject") throw failure.error;
  return settle(results, errors);
}

/**
 * Gives each command its element of the reply to EXEC.
 *
 * @returns The first error among them; undefined if there is none, or nothing was executed because a watched key was
 * changed.
 */
function distribute(exec: Request, commands: readonly Request[], reply: Reply): Error | undefined {
  if (!Array.isArray(reply) || reply.length !== commands.length) {
    const error = reply === null
      ? new RedisError("Cannot execute the transaction: a watched key was changed")
      : new UnexpectedReplyError(
        "Cannot read the reply of EXEC: expected a value for each command",
      );
    for (const command of commands) command.reject(error);
    return reply === null ? undefined : error;
  }
  let first: Error | undefined;
  for (const [i, command] of commands.entries()) {
    const element = reply[i];
    if (element instanceof ServerError) {
      element.command = command.name;
      first ??= element;
      command.reject(element);
    } else {
      command.resolve(exec.bytes && !command.bytes ? toText(element) : element);
    }
  }
  return first;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The text form of a reply whose bulk strings came as bytes because another command of the transaction wanted them so.
 */
function toText(reply: Reply): Reply {
  if (reply instanceof Uint8Array) return utf8.decode(reply);
  if (Array.isArray(reply)) return reply.map(toText);
  if (reply instanceof Set) return toSet(elementsOf(reply).map(toText));
  if (reply instanceof Map) {
    return toMap([...pairsOf(reply)].flat().map(toText));
  }
  return reply;
}

function asItIs(reply: Reply): Reply {
  return reply;
}
