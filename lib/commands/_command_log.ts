/**
 * Entries of the logs in which servers record commands: SLOWLOG and COMMANDLOG.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { elements, toBulks, toNumber, toText } from "./_decode.ts";

/**
 * A command that was recorded.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface RecordedCommand<T extends string | Uint8Array = string> {
  /** Number of the entry; it is not used again while the server runs. */
  id: number;
  /** When the command was executed, as Unix time in seconds. */
  timestamp: number;
  /** The command, word by word. The server cuts long ones, and passwords. */
  args: T[];
  /** Address of the client, as `host:port`. */
  clientAddress: string;
  /** Name of the client; empty if it has none. */
  clientName: string;
}

/**
 * Makes an entry of what the server answers.
 *
 * @param reply Six values.
 * @returns The entry, and what the command was recorded for: microseconds or bytes.
 */
export function toRecordedCommand<T extends string | Uint8Array>(
  reply: Reply,
): { command: RecordedCommand<T>; measure: number } {
  const [id, timestamp, measure, args, address, name] = elements(reply);
  return {
    command: {
      id: toNumber(id),
      timestamp: toNumber(timestamp),
      args: toBulks<T>(args),
      clientAddress: toText(address),
      clientName: toText(name),
    },
    measure: toNumber(measure),
  };
}
