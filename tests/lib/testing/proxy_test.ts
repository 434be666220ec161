import { assert, assertEquals, assertRejects } from "@std/assert";
import { startBlackHole, startProxy } from "../../../lib/testing/mod.ts";
import { until } from "../../../lib/testing/_poll.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A server that sends everything back. */
class Echo implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #conns: Deno.Conn[] = [];
  readonly host = "127.0.0.1";
  readonly port = this.#listener.addr.port;
  readonly #accepting = this.#accept();

  async #accept(): Promise<void> {
    const echoes: Promise<void>[] = [];
    for await (const conn of this.#listener) {
      this.#conns.push(conn);
      echoes.push(conn.readable.pipeTo(conn.writable).catch(() => {}));
    }
    await Promise.all(echoes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#conns) {
      try {
        conn.close();
      } catch {
        // It has closed itself at the end of the stream.
      }
    }
    await this.#accepting;
  }
}

function connect({ host, port }: { host: string; port: number }): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: host, port });
}

async function read(conn: Deno.Conn, length: number): Promise<string> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await conn.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return decoder.decode(bytes.subarray(0, filled));
}

async function echo(conn: Deno.Conn, text: string): Promise<string> {
  await conn.write(encoder.encode(text));
  return await read(conn, text.length);
}

/** Whether a read has not ended after a while. */
async function isPending(reading: Promise<unknown>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(true), 30);
  const settled = reading.then(() => false, () => false);
  const pending = await Promise.race([promise, settled]);
  clearTimeout(timer);
  return pending;
}

async function assertCut(conn: Deno.Conn): Promise<void> {
  try {
    assertEquals(await conn.read(new Uint8Array(1)), null);
  } catch (error) {
    assert(error instanceof Deno.errors.ConnectionReset, `${error}`);
  }
}

Deno.test("startProxy() passes bytes both ways and counts connections", async () => {
  await using server = new Echo();
  await using proxy = await startProxy(server);
  using first = await connect(proxy);
  using second = await connect(proxy);
  assertEquals(await echo(first, "hello"), "hello");
  assertEquals(await echo(second, "you"), "you");
  assertEquals(proxy.accepted, 2);
  assertEquals(proxy.connections.map(({ passed }) => passed), [
    { toServer: 5, toClient: 5 },
    { toServer: 3, toClient: 3 },
  ]);
  first.close();
  await until(
    "the closed connection is forgotten",
    () => Promise.resolve(proxy.connections.length === 1),
  );
});

Deno.test("startProxy() passes megabytes unchanged", async () => {
  await using server = new Echo();
  await using proxy = await startProxy(server, { chunkSize: 1000, delay: 1 });
  using conn = await connect(proxy);
  const sent = new Uint8Array(3_000_000).map((_, i) => i * i);
  const sending = (async () => {
    for (let at = 0; at < sent.length;) at += await conn.write(sent.subarray(at));
    await conn.closeWrite();
  })();
  const received = new Uint8Array(sent.length + 1);
  let filled = 0;
  for (let count; (count = await conn.read(received.subarray(filled))) !== null;) filled += count;
  await sending;
  assertEquals(filled, sent.length);
  // An element-wise diff of millions of numbers would take minutes.
  assert(received.subarray(0, filled).every((byte, i) => byte === sent[i]));
});

Deno.test("cut() ends all connections, and new ones work", async () => {
  await using server = new Echo();
  await using proxy = await startProxy(server);
  using first = await connect(proxy);
  using second = await connect(proxy);
  await echo(first, "a");
  await echo(second, "b");
  proxy.cut();
  await assertCut(first);
  await assertCut(second);
  using third = await connect(proxy);
  assertEquals(await echo(third, "c"), "c");
});

Deno.test("cut() of one connection leaves the others alone", async () => {
  await using server = new Echo();
  await using proxy = await startProxy(server);
  using first = await connect(proxy);
  await echo(first, "a");
  using second = await connect(proxy);
  await echo(second, "b");
  proxy.connections[0].cut();
  await assertCut(first);
  assertEquals(await echo(second, "c"), "c");
});

for (const direction of ["toServer", "toClient"] as const) {
  Deno.test(`startProxy() with cutAfter.${direction} passes so many bytes and cuts`, async () => {
    await using server = new Echo();
    await using proxy = await startProxy(server, { cutAfter: { [direction]: 3 } });
    for (let i = 0; i < 2; i++) {
      using conn = await connect(proxy);
      await conn.write(encoder.encode("hello"));
      if (direction === "toClient") assertEquals(await read(conn, 3), "hel");
      await assertCut(conn).catch(() => {});
      await until("the connection is gone", () => Promise.resolve(proxy.connections.length === 0));
    }
    proxy.setFaults({});
    using conn = await connect(proxy);
    assertEquals(await echo(conn, "hello"), "hello");
    proxy.setFaults({ cutAfter: { [direction]: 2 } });
    await conn.write(encoder.encode("again"));
    const rest = await read(conn, 5).catch(() => "");
    assert(rest.length <= 2, `${rest.length} bytes have passed after the fault was set`);
  });
}

Deno.test("setFaults() with stall holds bytes back until it is lifted", async () => {
  await using server = new Echo();
  await using proxy = await startProxy(server);
  using conn = await connect(proxy);
  await echo(conn, "before");
  proxy.setFaults({ stall: true });
  const reading = echo(conn, "during");
  using other = await connect(proxy);
  const otherReading = echo(other, "other");
  assert(await isPending(reading));
  assert(await isPending(otherReading));
  proxy.setFaults({});
  assertEquals(await reading, "during");
  assertEquals(await otherReading, "other");
});

Deno.test("setFaults() stalls one direction alone", async () => {
  await using server = new Echo();
  await using proxy = await startProxy(server, { stall: "toClient" });
  using conn = await connect(proxy);
  const reading = echo(conn, "hello");
  assert(await isPending(reading));
  assertEquals(proxy.connections[0].passed, { toServer: 5, toClient: 0 });
  proxy.cut();
  assertEquals(await reading.catch(() => ""), "");
});

Deno.test("silence() is for good, and for the connections of the moment only", async () => {
  await using server = new Echo();
  await using proxy = await startProxy(server);
  using silent = await connect(proxy);
  await echo(silent, "before");
  proxy.silence();
  const reading = echo(silent, "during");
  using other = await connect(proxy);
  assertEquals(await echo(other, "works"), "works");
  proxy.setFaults({});
  assert(await isPending(reading));
  proxy.connections[0].cut();
  assertEquals(await reading.catch(() => ""), "");
});

Deno.test("startProxy() with a delay is late by it, not by the number of pieces", async () => {
  await using server = new Echo();
  await using proxy = await startProxy(server, { delay: 400 });
  using conn = await connect(proxy);
  const start = performance.now();
  await conn.write(encoder.encode("one"));
  const second = Promise.withResolvers<void>();
  setTimeout(second.resolve, 200);
  await second.promise;
  await conn.write(encoder.encode("two"));
  assertEquals(await read(conn, 3), "one");
  const first = performance.now() - start;
  assert(first >= 799, `the first piece was there after ${first} ms`);
  assertEquals(await read(conn, 3), "two");
  // 200 ms behind, as it was sent; 400 ms if it had waited for the first piece.
  const between = performance.now() - start - first;
  assert(between < 300, `the second piece took ${between} ms more`);
});

Deno.test("startProxy() closes late connections at once at its end", async () => {
  await using server = new Echo();
  const start = performance.now();
  {
    await using proxy = await startProxy(server, { delay: 60_000 });
    using conn = await connect(proxy);
    await conn.write(encoder.encode("never"));
    await until("the proxy has read", () => Promise.resolve(proxy.connections.length === 1));
  }
  assert(performance.now() - start < 10_000);
});

Deno.test("refuse() refuses new connections until accept()", async () => {
  await using server = new Echo();
  await using proxy = await startProxy(server);
  using open = await connect(proxy);
  await echo(open, "a");
  await proxy.refuse();
  await assertRejects(() => connect(proxy), Deno.errors.ConnectionRefused);
  assertEquals(await echo(open, "b"), "b");
  proxy.accept();
  using conn = await connect(proxy);
  assertEquals(await echo(conn, "c"), "c");
});

Deno.test("startProxy() ends connections when the target is away, and follows a new target", async () => {
  await using server = new Echo();
  await using proxy = await startProxy(server);
  proxy.target = { host: "127.0.0.1", port: 1 };
  using lost = await connect(proxy);
  await assertCut(lost);
  proxy.target = server;
  using conn = await connect(proxy);
  assertEquals(await echo(conn, "c"), "c");
});

Deno.test("startBlackHole() neither accepts nor refuses", async () => {
  await using hole = await startBlackHole();
  const abort = new AbortController();
  const attempt = Deno.connect({ hostname: hole.host, port: hole.port, signal: abort.signal });
  assert(await isPending(attempt));
  abort.abort();
  await assertRejects(() => attempt);
});
