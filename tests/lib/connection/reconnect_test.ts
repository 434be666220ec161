import { assert, assertEquals } from "@std/assert";
import {
  type Loss,
  Reconnect,
  type ReconnectOwner,
  type Reopenable,
} from "../../../lib/connection/reconnect.ts";
import { TurnedClock } from "./_turned_clock.ts";

/** A connection without a socket. */
class FakeConnection implements Reopenable {
  answered = 0;
  closed = false;
  readonly name: string;
  readonly #owner: FakeOwner;
  readonly #ended = Promise.withResolvers<Error>();

  constructor(name: string, owner: FakeOwner) {
    this.name = name;
    this.#owner = owner;
  }

  get ended(): Promise<Error> {
    return this.#ended.promise;
  }

  close(error: Error): void {
    if (this.closed) return;
    this.closed = true;
    const lost = this.#owner.reconnect.lose(this, error);
    if (lost === "ready") this.#owner.note(`lost ${this.name}`);
    this.#ended.resolve(error);
  }
}

/** Opens fake connections, and notes what happens and when. */
class FakeOwner implements ReconnectOwner<FakeConnection> {
  readonly clock: TurnedClock;
  readonly reconnect: Reconnect<FakeConnection>;
  readonly opened: FakeConnection[] = [];
  readonly timeouts: number[] = [];
  #log: string[] = [];
  /** What the node does with the next attempts. */
  node: "answers" | "refuses" | "hangs" = "answers";
  awaited = false;
  prepare: (connection: FakeConnection) => Promise<void> = () => Promise.resolve();

  constructor(clock: TurnedClock, backoff = { minTimeout: 10, maxTimeout: 1000, multiplier: 2 }) {
    this.clock = clock;
    this.reconnect = new Reconnect<FakeConnection>(
      { backoff: { ...backoff, jitter: 0 }, attemptTimeout: 5000 },
      this,
    );
  }

  isAwaited(): boolean {
    return this.awaited;
  }

  open(timeout: number): Promise<FakeConnection> {
    this.timeouts.push(timeout);
    this.note("open");
    if (this.node === "refuses") return Promise.reject(new Error("refused"));
    if (this.node === "answers") return Promise.resolve(this.fresh());
    const { signal } = this.reconnect;
    const hanging = Promise.withResolvers<FakeConnection>();
    signal.addEventListener("abort", () => hanging.reject(signal.reason));
    return hanging.promise;
  }

  /** An open connection that nobody uses yet. */
  fresh(): FakeConnection {
    const connection = new FakeConnection(`#${this.opened.length + 1}`, this);
    this.opened.push(connection);
    return connection;
  }

  onReady(connection: FakeConnection, loss: Loss): void {
    assertEquals(this.reconnect.present, connection);
    this.note(`ready ${connection.name} (${loss})`);
  }

  onRefused(error: Error): void {
    assertEquals(this.reconnect.present, null);
    this.note(error.message);
  }

  note(text: string): void {
    this.#log.push(`${this.clock.now}: ${text}`);
  }

  take(): string[] {
    return this.#log.splice(0);
  }
}

/** Has time pass, with all that follows from each millisecond. */
async function pass(clock: TurnedClock, ms: number): Promise<void> {
  for (let i = 0; i < ms; i++) {
    for (let turns = 0; turns < 20; turns++) await null;
    await clock.tick(1);
  }
  for (let turns = 0; turns < 20; turns++) await null;
}

const BROKEN = new Error("broken");

Deno.test("a connection is opened once, when it is started", async () => {
  using clock = new TurnedClock();
  const owner = new FakeOwner(clock);
  const { reconnect } = owner;
  assertEquals([reconnect.state, reconnect.connection], ["idle", null]);
  reconnect.start();
  reconnect.start();
  assertEquals([reconnect.state, reconnect.present], ["dialling", null]);
  await pass(clock, 5);
  assertEquals([reconnect.state, reconnect.present], ["ready", owner.opened[0]]);
  assertEquals(owner.take(), ["0: open", "0: ready #1 (closed)"]);
});

Deno.test("attempts that fail follow each other at growing distances, and nothing ends them", async () => {
  using clock = new TurnedClock();
  const owner = new FakeOwner(clock);
  owner.node = "refuses";
  owner.reconnect.start();
  await pass(clock, 75);
  assertEquals(owner.take().filter((entry) => entry.endsWith("refused")), [
    "0: refused",
    "10: refused",
    "30: refused",
    "70: refused",
  ]);
  assertEquals(owner.reconnect.state, "waiting");
  assertEquals(owner.reconnect.lastError?.message, "refused");
  await pass(clock, 10_000);
  const late = owner.take().filter((entry) => entry.endsWith("refused")).map(parseFloat);
  assertEquals(late.at(-1)! - late.at(-2)!, 1000);
  owner.node = "answers";
  await pass(clock, 1000);
  assertEquals(owner.reconnect.state, "ready");
});

Deno.test("hurry() cuts a long wait short, but does not skip the short one", async () => {
  using clock = new TurnedClock();
  const owner = new FakeOwner(clock, { minTimeout: 900, maxTimeout: 900, multiplier: 1 });
  owner.node = "refuses";
  owner.reconnect.start();
  await pass(clock, 50);
  owner.take();
  owner.node = "answers";
  owner.awaited = true;
  owner.reconnect.hurry();
  await pass(clock, 100);
  assertEquals(owner.take(), []);
  owner.reconnect.hurry();
  await pass(clock, 100);
  assertEquals(owner.take(), ["200: open", "200: ready #1 (closed)"]);
});

Deno.test("a connection that was of use is opened again at once", async () => {
  using clock = new TurnedClock();
  const owner = new FakeOwner(clock);
  const { reconnect } = owner;
  reconnect.start();
  await pass(clock, 5);
  for (let i = 0; i < 3; i++) {
    owner.take();
    owner.opened[i].answered++;
    owner.opened[i].close(BROKEN);
    assertEquals([reconnect.state, reconnect.connection], ["waiting", null]);
    assertEquals(reconnect.lastError, BROKEN);
    await pass(clock, 5);
    assertEquals(owner.take().map((entry) => entry.replace(/^\d+: /, "")), [
      `lost #${i + 1}`,
      "open",
      `ready #${i + 2} (closed)`,
    ]);
  }
});

Deno.test("a connection that lived long counts as one of use, also without a reply", async () => {
  using clock = new TurnedClock();
  const owner = new FakeOwner(clock);
  owner.reconnect.start();
  await pass(clock, 1005);
  owner.take();
  owner.opened[0].close(BROKEN);
  await pass(clock, 5);
  assertEquals(owner.take(), ["1005: lost #1", "1005: open", "1005: ready #2 (closed)"]);
});

Deno.test("connections that break at once are opened at growing distances", async () => {
  using clock = new TurnedClock();
  const owner = new FakeOwner(clock);
  owner.onReady = (connection) => {
    queueMicrotask(() => connection.close(BROKEN));
  };
  owner.reconnect.start();
  await pass(clock, 100);
  assertEquals(owner.take().filter((entry) => entry.endsWith("open")), [
    "0: open",
    "10: open",
    "30: open",
    "70: open",
  ]);
});

Deno.test("a connection that cannot be prepared is closed, and another one opened", async () => {
  using clock = new TurnedClock();
  const owner = new FakeOwner(clock);
  const seen: unknown[] = [];
  owner.prepare = (connection) => {
    seen.push(owner.reconnect.connection === connection, owner.reconnect.present);
    return Promise.reject(new Error("wrong node"));
  };
  owner.reconnect.start();
  await pass(clock, 5);
  assertEquals(owner.take(), ["0: open", "0: wrong node"]);
  assertEquals(seen, [true, null]);
  assert(owner.opened[0].closed);
  owner.prepare = () => Promise.resolve();
  await pass(clock, 5);
  assertEquals(owner.take(), ["10: open", "10: ready #2 (closed)"]);
});

Deno.test("a connection that is closed while it is prepared is never ready", async () => {
  using clock = new TurnedClock();
  const owner = new FakeOwner(clock);
  owner.prepare = (connection) => {
    connection.close(BROKEN);
    return Promise.resolve();
  };
  owner.reconnect.start();
  await pass(clock, 5);
  assertEquals(owner.take(), ["0: open", "0: broken"]);
  assertEquals(owner.reconnect.connection, null);
});

Deno.test("an owner that throws when a connection is ready loses it, and gets another one", async () => {
  using clock = new TurnedClock();
  const owner = new FakeOwner(clock);
  const { onReady } = owner;
  owner.onReady = () => {
    throw new Error("a mistake");
  };
  owner.reconnect.start();
  await pass(clock, 5);
  assertEquals(owner.take(), ["0: open", "0: lost #1", "0: a mistake"]);
  owner.onReady = onReady;
  await pass(clock, 10);
  assertEquals(owner.reconnect.present, owner.opened[1]);
});

Deno.test("succeed() has an open connection used when the present one is closed", async () => {
  using clock = new TurnedClock();
  const owner = new FakeOwner(clock);
  owner.reconnect.start();
  await pass(clock, 5);
  owner.take();
  const fresh = owner.fresh();
  owner.reconnect.succeed(fresh);
  owner.opened[0].close(BROKEN);
  await pass(clock, 5);
  assertEquals(owner.take(), ["5: lost #1", "5: ready #2 (silent)"]);
  assertEquals(owner.reconnect.present, fresh);
});

Deno.test("leave() uses another connection at once, and keeps the present one open", async () => {
  using clock = new TurnedClock();
  const owner = new FakeOwner(clock);
  const { reconnect } = owner;
  reconnect.start();
  await pass(clock, 5);
  owner.take();
  const fresh = owner.fresh();
  reconnect.leave(fresh, "left", BROKEN);
  assertEquals([reconnect.present, reconnect.lastError], [null, BROKEN]);
  await pass(clock, 5);
  assertEquals(owner.take(), ["5: ready #2 (left)"]);
  assert(!owner.opened[0].closed);
  owner.opened[0].close(new Error("drained"));
  await pass(clock, 5);
  assertEquals(owner.take(), []);
  assertEquals(reconnect.present, fresh);
});

Deno.test("only attempts after the first connection have little time, and more each time", async () => {
  using clock = new TurnedClock();
  const owner = new FakeOwner(clock, { minTimeout: 0, maxTimeout: 0, multiplier: 1 });
  owner.node = "refuses";
  owner.reconnect.start();
  await pass(clock, 1);
  owner.node = "answers";
  await pass(clock, 1);
  assert(owner.timeouts.length >= 2 && owner.timeouts.every((timeout) => timeout === 5000));
  owner.timeouts.length = 0;
  owner.node = "refuses";
  owner.opened[0].answered++;
  owner.opened[0].close(BROKEN);
  while (owner.timeouts.length < 5) await pass(clock, 1);
  assertEquals(owner.timeouts.slice(0, 5), [1000, 2000, 4000, 5000, 5000]);
  owner.reconnect.close(BROKEN);
  await pass(clock, 1);
});

for (const state of ["idle", "dialling", "waiting", "ready"] as const) {
  Deno.test(`close() ends it for good while it is ${state}`, async () => {
    using clock = new TurnedClock();
    const owner = new FakeOwner(clock);
    const { reconnect } = owner;
    owner.node = ({ dialling: "hangs", waiting: "refuses" } as const)[state as "waiting"] ??
      "answers";
    if (state !== "idle") reconnect.start();
    await pass(clock, 5);
    assertEquals(reconnect.state, state);
    owner.take();
    const end = new Error("the end");
    reconnect.close(end);
    assertEquals([reconnect.state, reconnect.present], ["closed", null]);
    assertEquals(reconnect.signal.reason, end);
    owner.node = "answers";
    reconnect.start();
    reconnect.hurry();
    await pass(clock, 5000);
    assertEquals(owner.take(), []);
    assertEquals(reconnect.state, "closed");
    // Its user decides about the last connection.
    if (state === "ready") {
      assertEquals(reconnect.connection, owner.opened[0]);
      owner.opened[0].close(end);
      await pass(clock, 5000);
      assertEquals([reconnect.connection, owner.take()], [null, []]);
    }
  });
}

Deno.test("a connection that comes after close() is closed", async () => {
  using clock = new TurnedClock();
  const owner = new FakeOwner(clock);
  const opening = Promise.withResolvers<FakeConnection>();
  owner.open = () => opening.promise;
  owner.reconnect.start();
  await pass(clock, 1);
  owner.reconnect.close(BROKEN);
  opening.resolve(owner.fresh());
  await pass(clock, 1);
  assert(owner.opened[0].closed);
  assertEquals(owner.take(), []);
});

Deno.test("a connection that is still prepared at close() is closed, and never ready", async () => {
  using clock = new TurnedClock();
  const owner = new FakeOwner(clock);
  const preparing = Promise.withResolvers<void>();
  owner.prepare = () => preparing.promise;
  owner.reconnect.start();
  await pass(clock, 1);
  owner.take();
  owner.reconnect.close(BROKEN);
  preparing.resolve();
  await pass(clock, 1);
  assert(owner.opened[0].closed);
  assertEquals([owner.reconnect.connection, owner.take()], [null, []]);
});

Deno.test("close() closes a successor that is not in use yet", async () => {
  using clock = new TurnedClock();
  const owner = new FakeOwner(clock);
  owner.reconnect.start();
  await pass(clock, 1);
  const fresh = owner.fresh();
  owner.reconnect.leave(fresh, "left", BROKEN);
  owner.reconnect.close(BROKEN);
  await pass(clock, 1);
  assert(fresh.closed);
  assertEquals(owner.reconnect.connection, null);
  owner.opened[0].close(BROKEN);
});
