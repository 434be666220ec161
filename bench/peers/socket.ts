/**
 * Bare sockets to the servers, without any client.
 *
 * @module
 */

import type { Endpoint } from "./clients/adapter.ts";

/**
 * Opens a socket.
 *
 * @param endpoint Where to.
 * @returns The connection, with the TLS handshake done if there is one.
 */
export async function openSocket({ host, port, tls }: Endpoint): Promise<Deno.Conn> {
  if (tls) {
    const conn = await Deno.connectTls({ hostname: host, port, caCerts: [tls.caCert] });
    await conn.handshake();
    return conn;
  }
  const conn = await Deno.connect({ hostname: host, port });
  conn.setNoDelay(true);
  return conn;
}

/** Writes all bytes, however many writes it takes. */
export async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  while (bytes.length > 0) bytes = bytes.subarray(await conn.write(bytes));
}

/**
 * Writes a command as servers read it.
 *
 * @param args The command's words: ASCII only.
 * @returns Its bytes.
 */
export function encodeCommand(args: readonly string[]): Uint8Array {
  const words = args.map((arg) => `$${arg.length}\r\n${arg}\r\n`);
  return new TextEncoder().encode(`*${args.length}\r\n${words.join("")}`);
}
