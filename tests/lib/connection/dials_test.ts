import { assert, assertEquals, assertRejects } from "@std/assert";
import { Dials } from "../../../lib/connection/dials.ts";
import { until } from "../../../lib/testing/_poll.ts";

/** A connection that says whether it was closed. */
class Closable {
  closed = false;
  close(): void {
    this.closed = true;
  }
}

/** An attempt that the test ends, or the signal. */
class Attempt {
  readonly connection = new Closable();
  cancelled = false;
  readonly #outcome = Promise.withResolvers<Closable>();

  readonly begin = (signal: AbortSignal): Promise<Closable> => {
    signal.addEventListener("abort", () => {
      this.cancelled = true;
      this.#outcome.reject(new Error("Cancelled"));
    });
    return this.#outcome.promise;
  };

  succeed(): void {
    this.#outcome.resolve(this.connection);
  }
}

const REASON = new Error("Not wanted any more");

Deno.test("open() answers the connection", async () => {
  const attempt = new Attempt();
  const opening = new Dials().open(attempt.begin, new AbortController().signal);
  attempt.succeed();
  assertEquals(await opening, attempt.connection);
  assertEquals(attempt.connection.closed, false);
});

Deno.test("an aborted attempt rejects at once, and what it opens all the same is closed", async () => {
  const dials = new Dials();
  const attempt = new Attempt();
  const controller = new AbortController();
  const opening = dials.open(attempt.begin, controller.signal);
  controller.abort(REASON);
  assertEquals(await assertRejects(() => opening), REASON);
  assertEquals(attempt.cancelled, false);
  attempt.succeed();
  await dials.settled();
  assert(attempt.connection.closed);
  assertEquals(attempt.cancelled, false);
});

Deno.test("an attempt that is aborted between its success and the caller's turn is closed", async () => {
  const attempt = new Attempt();
  const controller = new AbortController();
  const opening = new Dials().open(attempt.begin, controller.signal);
  attempt.succeed();
  controller.abort(REASON);
  assertEquals(await assertRejects(() => opening), REASON);
  await until("the connection is closed", () => Promise.resolve(attempt.connection.closed));
});

Deno.test("an aborted attempt that does not end is cancelled", async () => {
  const attempt = new Attempt();
  const controller = new AbortController();
  const opening = new Dials().open(attempt.begin, controller.signal);
  controller.abort(REASON);
  await assertRejects(() => opening);
  await until("the attempt is cancelled", () => Promise.resolve(attempt.cancelled));
});

Deno.test("cancel() ends all attempts at once", async () => {
  const dials = new Dials();
  const attempt = new Attempt();
  const opening = dials.open(attempt.begin, new AbortController().signal);
  dials.cancel();
  assert(attempt.cancelled);
  await assertRejects(() => opening, Error, "Cancelled");
});

Deno.test("settled() does not wait for ever", async () => {
  const dials = new Dials();
  const attempt = new Attempt();
  const opening = dials.open(attempt.begin, new AbortController().signal);
  await dials.settled();
  attempt.succeed();
  await opening;
});

Deno.test("nothing is opened for a signal that is aborted", async () => {
  const dials = new Dials();
  const begin = (): Promise<Closable> => {
    throw new Error("Must not be called");
  };
  assertEquals(await assertRejects(() => dials.open(begin, AbortSignal.abort(REASON))), REASON);
});

Deno.test("aborting while a connection is opened leaves no socket behind", async () => {
  await using peer = listen();
  const dials = new Dials();
  for (let i = 0; i < 2000; i++) {
    const controller = new AbortController();
    const opening = dials.open(peer.connect, controller.signal);
    setTimeout(() => controller.abort(REASON));
    await opening.then((conn) => conn.close(), () => {});
  }
  await dials.settled();
  await until("the peer sees no connection", () => Promise.resolve(peer.open.size === 0));
});

Deno.test("aborting before the process is busy leaves no socket behind either", async () => {
  await using peer = listen();
  const dials = new Dials();
  for (let i = 0; i < 30; i++) {
    const controller = new AbortController();
    const opening = dials.open(peer.connect, controller.signal);
    controller.abort(REASON);
    for (const end = performance.now() + 30; performance.now() < end;);
    await opening.then((conn) => conn.close(), () => {});
    await dials.settled();
  }
  await until("the peer sees no connection", () => Promise.resolve(peer.open.size === 0));
});

/** Listens, and knows which connections the other side has not closed. */
function listen() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const open = new Set<Deno.Conn>();
  const accepting = (async () => {
    for await (const conn of listener) {
      open.add(conn);
      drain(conn).finally(() => open.delete(conn));
    }
  })();
  return {
    open,
    connect: (signal: AbortSignal) => Deno.connect({ hostname: "127.0.0.1", port, signal }),
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await accepting;
    },
  };
}

async function drain(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(16);
  try {
    while (await conn.read(buffer) !== null);
  } catch {
    // Reset, which is an end as well.
  } finally {
    conn.close();
  }
}
