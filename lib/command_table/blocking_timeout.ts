/**
 * Reads how long a blocking call asks the server to wait.
 *
 * @module
 */

import type { Argument } from "../resp/reply.ts";
import { isWord, textOf } from "./argument_text.ts";
import { firstKeyPosition } from "./key_positions.ts";
import type { CommandRow } from "./row.ts";

/**
 * Tells for how long a call may block.
 *
 * @param row The command's row.
 * @param args All words of the call, the name first.
 * @returns Milliseconds; 0 if there is no limit, or only the server knows it; `undefined` if this call does not block:
 * the command never does, the option that makes it block is absent (XREAD without BLOCK), or the server refuses its
 * limit at once (negative, or no number).
 */
export function blockingTimeout(row: CommandRow, args: readonly Argument[]): number | undefined {
  if (!row.blocking) return undefined;
  const { timeout } = row;
  if (timeout === undefined) return 0;
  const position = typeof timeout.at === "number"
    ? timeout.at < 0 ? args.length + timeout.at : timeout.at
    : positionAfter(timeout.at, timeout.startFrom, row, args);
  if (position < 1 || position >= args.length) return undefined;
  const text = textOf(args[position]);
  const limit = text === "" ? NaN : Number(text) * timeout.unit;
  return Number.isFinite(limit) && limit >= 0 ? limit : undefined;
}

/** Position of the argument after an option; -1 without the option. A key of the same name is no option. */
function positionAfter(
  option: string,
  startFrom: number,
  row: CommandRow,
  args: readonly Argument[],
): number {
  const firstKey = firstKeyPosition(row, args);
  const end = firstKey === -1 ? args.length : firstKey;
  for (let i = startFrom; i < end; i++) {
    if (isWord(args[i], option)) return i + 1;
  }
  return -1;
}
