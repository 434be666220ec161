/**
 * A worker that passes for a server with subscribers: `PUBLISH channel n` sends so many messages of 100 bytes to the
 * connections that are subscribed to the channel, in one write.
 *
 * It posts its port. SUBSCRIBE is confirmed, and everything else is answered OK.
 *
 * @module
 */

import { RespDecoder } from "../lib/resp/mod.ts";

const utf8 = new TextEncoder();

/** The side of this worker that the benchmark talks to. */
const worker = self as unknown as { postMessage(port: number): void };

/** The connections that are subscribed to each channel. */
const subscribers = new Map<string, Set<Deno.TcpConn>>();
/** Messages by channel and number. */
const prepared = new Map<string, Uint8Array>();

function frame(...elements: (string | number)[]): string {
  const parts = elements.map((element) =>
    typeof element === "number" ? `:${element}\r\n` : `$${element.length}\r\n${element}\r\n`
  );
  return `>${elements.length}\r\n${parts.join("")}`;
}

function messages(channel: string, count: number): Uint8Array {
  const key = `${channel} ${count}`;
  let bytes = prepared.get(key);
  if (bytes === undefined) {
    const message = (_: unknown, i: number) =>
      frame("message", channel, `message ${i} `.padEnd(100, "0123456789abcdef"));
    bytes = utf8.encode(Array.from({ length: count }, message).join(""));
    prepared.set(key, bytes);
  }
  return bytes;
}

async function write(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

async function answer(conn: Deno.TcpConn, words: readonly string[]): Promise<string> {
  switch (words[0].toUpperCase()) {
    case "HELLO":
      return "%2\r\n+proto\r\n:3\r\n+role\r\n+master\r\n";
    case "ROLE":
      return "*3\r\n+master\r\n:0\r\n*0\r\n";
    case "GET":
      return "$1\r\nx\r\n";
    case "SUBSCRIBE":
      for (const name of words.slice(1)) {
        const conns = subscribers.get(name) ?? new Set();
        subscribers.set(name, conns.add(conn));
      }
      return words.slice(1).map((name, i) => frame("subscribe", name, i + 1)).join("");
    case "UNSUBSCRIBE":
      return words.slice(1).map((name) => frame("unsubscribe", name, 0)).join("");
    case "PUBLISH":
      for (const other of subscribers.get(words[1]) ?? []) {
        await write(other, messages(words[1], Number(words[2])));
      }
      return ":1\r\n";
    default:
      return "+OK\r\n";
  }
}

async function serve(conn: Deno.TcpConn): Promise<void> {
  const decoder = new RespDecoder();
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (let count; (count = await conn.read(buffer)) !== null;) {
      let replies = "";
      for (const command of decoder.push(buffer.subarray(0, count)) as string[][]) {
        replies += await answer(conn, command);
      }
      await write(conn, utf8.encode(replies));
    }
  } catch {
    // Clients come and go.
  }
  for (const conns of subscribers.values()) conns.delete(conn);
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
worker.postMessage(listener.addr.port);
for await (const conn of listener) serve(conn);
