/**
 * Requests for several nodes: the parts are sent at the same time, and their replies are combined.
 *
 * @module
 */

import type { CommandRow } from "../lib/command_table/mod.ts";
import { Request, type RequestOwner } from "../lib/connection/request.ts";
import type { Argument, Reply } from "../lib/resp/reply.ts";
import { gather, type Lists, mergeParts, type Part, partialFailure } from "./fan_out.ts";
import type { NodeTarget } from "./target.ts";

/** Sends the parts. */
export interface PartSender extends RequestOwner {
  /** Sends a part to its target. */
  sendPart(part: Request): void;
}

/**
 * Sends a request to several nodes, and settles it with what they answer.
 *
 * @param sender What sends the parts.
 * @param request The request.
 * @param targets The nodes.
 * @param lists What becomes of lists in the replies, if the command has no response policy.
 */
export function sendToEach(
  sender: PartSender,
  request: Request,
  targets: readonly NodeTarget[],
  lists: Lists,
): void {
  const { row, words } = request;
  const outcomes = new Map<Request, Reply | Error>();
  const parts = targets.map((target) => {
    const part = partOf(sender, request, words);
    part.target = target;
    const take = (outcome: unknown): void => {
      outcomes.set(part, outcome as Reply | Error);
      if (outcomes.size === targets.length) finish();
    };
    part.handTo(take, take);
    return part;
  });
  const finish = (): void => {
    // In the order of the nodes, not of their replies; by the names of those that answered in the end.
    const ordered = new Map(parts.map((part, i) => [targets[i].name, outcomes.get(part)!]));
    const outcome = gather(row?.responsePolicy, ordered, lists);
    if ("error" in outcome) request.reject(outcome.error);
    else if ("each" in outcome) request.resolveEach(outcome.each);
    else request.resolve(outcome.reply);
  };
  request.parts = parts;
  for (const part of parts) sender.sendPart(part);
}

/**
 * Sends the parts of a multi-key command, which go out as one write per node, and settles it with their replies.
 *
 * @param sender What sends the parts.
 * @param request The request.
 * @param row The command's row.
 * @param parts The parts.
 */
export function sendParts(
  sender: PartSender,
  request: Request,
  row: CommandRow,
  parts: readonly Part[],
): void {
  const { words } = request;
  const replies: Reply[] = new Array(parts.length);
  const errors = new Map<number, Error>();
  let pending = parts.length;
  const finish = (): void => {
    if (--pending > 0 || request.settled) return;
    if (errors.size > 0) return request.reject(partialFailure(row, words, parts, errors));
    try {
      request.resolve(mergeParts(row.responsePolicy, parts, replies));
    } catch (error) {
      request.reject(error);
    }
  };
  if (row.write) {
    request.explainTimeout = (error) => {
      for (let i = 0; i < parts.length; i++) {
        if (!(i in replies) && !errors.has(i)) errors.set(i, error);
      }
      return errors.size === parts.length ? error : partialFailure(row, words, parts, errors);
    };
  }
  request.parts = parts.map(({ slot, words }, i) => {
    const part = partOf(sender, request, words);
    part.target = slot;
    part.handTo((reply) => {
      replies[i] = reply as Reply;
      finish();
    }, (error) => {
      errors.set(i, error as Error);
      finish();
    });
    return part;
  });
  for (const part of request.parts) sender.sendPart(part);
}

function partOf(owner: RequestOwner, whole: Request, words: readonly Argument[]): Request {
  const part = new Request(words, whole.row, asItIs, owner);
  part.bytes = whole.bytes;
  part.timeout = whole.timeout;
  if (whole.interrupts) part.blocks = part.interrupts = true;
  if (whole.impatient) part.impatient = true;
  if (whole.batch !== null) part.batch = whole.batch;
  part.deadline = whole.deadline;
  if (whole.observed !== null) whole.observed.addPart(part);
  return part;
}

function asItIs(reply: Reply): Reply {
  return reply;
}
