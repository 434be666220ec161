/**
 * A worker that passes for a cluster of any size: one listener stands for all nodes, whatever address a client takes it for.
 *
 * Post it the number of shards; it posts back its port. From then on every connection is answered: the map with that many
 * shards, `x` for each key of MGET, a number to DBSIZE, OK to everything else.
 *
 * @module
 */

import { RespDecoder } from "../lib/resp/mod.ts";
import { clusterSlots } from "./cluster_slots.ts";

const utf8 = new TextEncoder();

/** The side of this worker that the benchmark talks to. */
const worker = self as unknown as {
  onmessage: (message: { data: number }) => void;
  postMessage(port: number): void;
};

/** The reply to CLUSTER SLOTS. */
let map = "*0\r\n";

function encode(value: unknown): string {
  if (Array.isArray(value)) return `*${value.length}\r\n${value.map(encode).join("")}`;
  return typeof value === "number" ? `:${value}\r\n` : `$${String(value).length}\r\n${value}\r\n`;
}

function answer(words: string[]): string {
  switch (words[0].toUpperCase()) {
    case "HELLO":
      return "%1\r\n+proto\r\n:3\r\n";
    case "CLUSTER":
      if (words[1] === "SLOTS") return map;
      // It does not know which node it is taken for.
      return encode(words[1] === "MYID" ? "primary0" : "cluster_current_epoch:1\r\n");
    case "MGET":
      return `*${words.length - 1}\r\n` + "$1\r\nx\r\n".repeat(words.length - 1);
    case "DBSIZE":
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
      const commands = decoder.push(buffer.subarray(0, count)) as string[][];
      const bytes = utf8.encode(commands.map(answer).join(""));
      for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
    }
  } catch {
    // Clients come and go.
  }
}

async function accept(listener: Deno.TcpListener): Promise<void> {
  for await (const conn of listener) serve(conn);
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
accept(listener);

worker.onmessage = ({ data }) => {
  map = encode(clusterSlots(data));
  worker.postMessage(listener.addr.port);
};
