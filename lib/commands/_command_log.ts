/**
 * Entries of the logs SLOWLOG and COMMANDLOG.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { elements, toBulks, toNumber, toText } from "./_decode.ts";

/**
 * Command in a log.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface RecordedCommand<T extends string | Uint8Array = string> {
  /** Id of the entry, unique until the server is restarted. */
  id: number;
  /** Time of execution, as Unix time in seconds. */
  timestamp: number;
  /** Name and arguments of the command. The server truncates long ones and removes passwords. */
  args: T[];
  /** Address of the client, as `host:port`. */
  clientAddress: string;
  /** Name of the client; empty if it has none. */
  clientName: string;
}

/**
 * Reads an entry.
 *
 * @param reply Array of six values.
 * @returns The entry, and the value for which the command was logged: microseconds or bytes.
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
