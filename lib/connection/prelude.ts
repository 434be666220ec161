/**
 * Requests that go out right in front of another one: ASKING, or MULTI and the commands of a transaction.
 *
 * @module
 */

import type { CommandRow } from "../command_table/row.ts";
import { ServerError } from "../errors.ts";
import type { Argument } from "../resp/reply.ts";
import { NO_OWNER, Request } from "./request.ts";

const ASKING: readonly Argument[] = ["ASKING"];
const MULTI_WORDS: readonly Argument[] = ["MULTI"];

/** The position of MULTI among the refusals of a prelude. */
export const MULTI = -1;

/**
 * Makes the requests that are written right before a request. Of their replies only the errors are kept.
 *
 * @param request The request.
 * @returns New ones for each time that it is sent, in order.
 */
export function preludeOf(request: Request): Request[] {
  const { prelude } = request;
  request.forgetRefusals();
  const steps: Request[] = [];
  if (request.asking) {
    request.asked = true;
    steps.push(makeStep(request, ASKING, undefined, (error) => request.preludeError ??= error));
  }
  if (prelude.length === 0) return steps;
  const refusals = new Map<number, ServerError>();
  request.refusals = refusals;
  const add = (i: number, words: readonly Argument[], row: CommandRow | undefined): void => {
    steps.push(makeStep(request, words, row, (error) => {
      request.preludeError ??= error;
      refusals.set(i, error);
    }));
  };
  add(MULTI, MULTI_WORDS, undefined);
  for (let i = 0; i < prelude.length; i++) add(i, prelude[i].words, prelude[i].row);
  return steps;
}

function makeStep(
  request: Request,
  words: readonly Argument[],
  row: CommandRow | undefined,
  refused: (error: ServerError) => void,
): Request {
  const step = new Request(words, row, asItIs, NO_OWNER);
  step.internal = true;
  step.deadline = request.deadline;
  step.handTo(() => {}, (error) => {
    if (error instanceof ServerError) refused(error);
  });
  return step;
}

function asItIs<R>(reply: R): R {
  return reply;
}
