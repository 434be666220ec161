import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Dials } from "../../../lib/connection/dials.ts";
import type { Endpoint, Transport } from "../../../lib/connection/transport.ts";
import { NODE_SOCKETS } from "../../../lib/connection/transport_node.ts";
import { until } from "../../../lib/testing/_poll.ts";

/** Accepts one connection, and connects to it by the sockets of Node. */
async function connected(): Promise<{ transport: Transport; peer: Deno.TcpConn; to: Endpoint }> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const to = { host: "127.0.0.1", port: listener.addr.port };
  const { signal } = new AbortController();
  const [transport, peer] = await Promise.all([
    NODE_SOCKETS.connect(to, new Dials(), signal),
    listener.accept(),
  ]);
  return { transport, peer, to };
}

/** Reads everything, through a buffer of some size. */
async function readAll(transport: Transport, size: number): Promise<number[]> {
  const all: number[] = [];
  const buffer = new Uint8Array(size);
  for (let count; (count = await transport.read(buffer)) !== null;) {
    all.push(...buffer.subarray(0, count));
  }
  return all;
}

Deno.test("bytes come in their order, however late and in however small pieces they are read", async () => {
  const { transport, peer, to } = await connected();
  assertEquals(transport.peer, to);
  const sent = new Uint8Array(300_000).map((_, i) => i * 7);
  // More than both sides buffer: the peer ends only when it is read.
  const sending = (async () => {
    for (let at = 0; at < sent.length;) at += await peer.write(sent.subarray(at));
    await peer.closeWrite();
  })();
  const first = new Uint8Array(10);
  let count = await transport.read(first) ?? 0;
  const start = [...first.subarray(0, count)];
  // What came meanwhile waits.
  await until("the peer has something more to send", () => Promise.resolve(count++ > 20));
  const all = [...start, ...await readAll(transport, 1000)];
  await sending;
  assertEquals(all.length, sent.length);
  assertEquals(all.every((byte, i) => byte === sent[i]), true);
  assertEquals(await transport.read(first), null);
  transport.close();
  peer.close();
});

Deno.test("writes arrive in their order, and the end of the sending half after them", async () => {
  const { transport, peer } = await connected();
  const writes = [1, 2, 3].map((byte) => transport.write(new Uint8Array(50_000).fill(byte)));
  const ended = transport.closeWrite();
  let sum = 0;
  let last = 0;
  const buffer = new Uint8Array(65_536);
  for (let count; (count = await peer.read(buffer)) !== null;) {
    for (const byte of buffer.subarray(0, count)) {
      assertEquals(byte >= last, true);
      last = byte;
      sum += byte;
    }
  }
  await Promise.all([...writes, ended]);
  assertEquals(sum, 300_000);
  // The other half is still open.
  await peer.write(new Uint8Array([9]));
  assertEquals(await transport.read(buffer), 1);
  transport.close();
  peer.close();
});

Deno.test("close() ends the read that waits, and everything after it fails, also a second close()", async () => {
  const { transport, peer } = await connected();
  const reading = transport.read(new Uint8Array(1));
  const rejected = assertRejects(() => reading);
  transport.close();
  transport.close();
  await rejected;
  await assertRejects(() => transport.read(new Uint8Array(1)));
  await assertRejects(() => transport.write(new Uint8Array(1)));
  await assertRejects(() => transport.closeWrite());
  peer.close();
});

Deno.test("a write that the peer never takes fails when the connection is closed", async () => {
  const { transport, peer } = await connected();
  const writing = transport.write(new Uint8Array(50_000_000));
  const rejected = assertRejects(() => writing);
  transport.close();
  await rejected;
  peer.close();
});

Deno.test("an attempt that is aborted rejects with the reason of the signal", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const to = { host: "127.0.0.1", port: listener.addr.port };
  const reason = new Error("Not wanted any more");
  const ended = new AbortController();
  const dialling = NODE_SOCKETS.connectTls(to, {}, new Dials(), ended.signal);
  const peer = await listener.accept();
  ended.abort(reason);
  assertEquals(await dialling.catch((error) => error), reason);
  // It is closed, too.
  const buffer = new Uint8Array(65_536);
  while (await peer.read(buffer).catch(() => null) !== null);
  peer.close();
});

Deno.test("each server gets the name that is expected of it", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const to = { host: "127.0.0.1", port: listener.addr.port };
  const settings: { serverName?: string } = {};
  for (const name of ["one.example.com", "two.example.com"]) {
    settings.serverName = name;
    const ended = new AbortController();
    const dialling = NODE_SOCKETS.connectTls(to, settings, new Dials(), ended.signal);
    const peer = await listener.accept();
    assertStringIncludes(await readHello(peer), name);
    ended.abort();
    await assertRejects(() => dialling);
    peer.close();
  }
});

Deno.test("a peer that answers the TLS handshake with something else, or refuses it, is no connection", async () => {
  for (const answer of ["-ERR Protocol error\r\n", "\x15\x03\x03\x00\x02\x02\x28"]) {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const to = { host: "127.0.0.1", port: listener.addr.port };
    const { signal } = new AbortController();
    const settings = { unsafelyDisableHostnameVerification: true };
    const refused = assertRejects(() => NODE_SOCKETS.connectTls(to, settings, new Dials(), signal));
    const peer = await listener.accept();
    await readHello(peer);
    await peer.write(Uint8Array.from(answer, (letter) => letter.charCodeAt(0)));
    await refused;
    // It is closed, too.
    const buffer = new Uint8Array(65_536);
    while (await peer.read(buffer).catch(() => null) !== null);
    peer.close();
  }
});

/** Reads the beginning of a TLS handshake, which is not encrypted. */
async function readHello(peer: Deno.TcpConn): Promise<string> {
  let hello = "";
  const buffer = new Uint8Array(65_536);
  // Its length is in bytes 3 and 4.
  while (hello.length < 5 || hello.length < 5 + hello.charCodeAt(3) * 256 + hello.charCodeAt(4)) {
    const count = await peer.read(buffer);
    assert(count !== null, "the handshake has ended");
    hello += String.fromCharCode(...buffer.subarray(0, count));
  }
  return hello;
}
