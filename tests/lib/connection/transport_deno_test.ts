import { assertEquals, assertRejects } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { Dials } from "../../../lib/connection/dials.ts";
import type { Transport } from "../../../lib/connection/transport.ts";
import { denoSockets } from "../../../lib/connection/transport_deno.ts";

/** More than the buffers of a socket take, so that one call of the kernel writes only a part. */
const LARGE = 16 * 1024 * 1024;

/** Opens a connection to a peer that reads only when the test does. */
async function withPeer(act: (transport: Transport, peer: Deno.Conn) => Promise<void>) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const dials = new Dials();
  const accepted = listener.accept();
  const { hostname: host, port } = listener.addr as Deno.NetAddr;
  const { signal } = new AbortController();
  const transport = await denoSockets()!.connect({ host, port }, dials, signal);
  const peer = await accepted;
  try {
    await deadline(act(transport, peer), 20_000);
  } finally {
    transport.close();
    peer.close();
    listener.close();
    await dials.settled();
    dials.cancel();
  }
}

Deno.test("a transport writes all of each chunk, in the order of the calls", async () => {
  await withPeer(async (transport, peer) => {
    const lengths = [LARGE, 1, LARGE, 10];
    const chunks = lengths.map((length, i) => new Uint8Array(length).fill(i));
    const written = Promise.all(chunks.map((chunk) => transport.write(chunk)));
    const received = new Uint8Array(2 * LARGE + 11);
    for (let at = 0; at < received.length;) at += (await peer.read(received.subarray(at)))!;
    await written;
    let at = 0;
    for (const [value, length] of lengths.entries()) {
      let right = 0;
      while (right < length && received[at + right] === value) right++;
      assertEquals(right, length, `bytes of chunk ${value}`);
      at += length;
    }
  });
});

Deno.test("a transport writes nothing more after a write that failed", async () => {
  await withPeer(async (transport) => {
    const written = [LARGE, 1].map((length) => transport.write(new Uint8Array(length)));
    const failed = written.map((write) => assertRejects(() => write));
    transport.close();
    await Promise.all(failed);
    await assertRejects(() => transport.write(new Uint8Array(1)));
  });
});
