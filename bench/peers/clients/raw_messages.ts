/**
 * No client at all, as the limit for subscribers on Deno: of the messages only the bytes are counted.
 *
 * @module
 */

import { CHANNELS, MESSAGES } from "../messages.ts";
import { encodeCommand, openSocket, writeAll } from "../socket.ts";
import type { MessageWorkload } from "../workloads.ts";
import type { Endpoint } from "./adapter.ts";
import { openSubscribers } from "./drive_messages.ts";
import type { Session } from "./session.ts";

/** Length of a message as it is sent: all are equally long. */
const FRAME = encodeCommand(["message", CHANNELS[0], MESSAGES[0]]).length;

/**
 * Subscribes bare sockets.
 *
 * @param workload The workload.
 * @param endpoint Where to.
 * @returns What measures and closes them.
 */
export function openMessages(workload: MessageWorkload, endpoint: Endpoint): Promise<Session> {
  return openSubscribers(workload, endpoint, async (endpoint, channels, take) => {
    const conn = await openSocket(endpoint);
    await writeAll(conn, encodeCommand(["SUBSCRIBE", ...channels]));
    const chunk = new Uint8Array(65_536);
    let text = "";
    while (!text.endsWith(`:${channels.length}\r\n`)) {
      text += new TextDecoder().decode(chunk.subarray(0, await conn.read(chunk) ?? 0));
    }
    count(conn, chunk, channels, take);
    return conn;
  });
}

/** Counts messages until the connection is closed. */
async function count(
  conn: Deno.Conn,
  chunk: Uint8Array,
  channels: readonly string[],
  take: (channel: string, message: string) => void,
): Promise<void> {
  let bytes = 0;
  let received = 0;
  try {
    while (true) {
      const length = await conn.read(chunk);
      if (length === null) return;
      bytes += length;
      for (; bytes >= FRAME; bytes -= FRAME, received++) {
        take(CHANNELS[received % channels.length], MESSAGES[received % MESSAGES.length]);
      }
    }
  } catch {
    // It was closed.
  }
}
