import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { lookUp } from "../../../lib/command_table/mod.ts";
import { Connection } from "../../../lib/connection/connection.ts";
import { DedicatedPool, type DedicatedPoolOwner } from "../../../lib/connection/dedicated_pool.ts";
import type { GivenUp } from "../../../lib/connection/give_up.ts";
import { NO_OWNER, Request } from "../../../lib/connection/request.ts";
import { RedisError, ServerError } from "../../../lib/errors.ts";
import { TurnedClock } from "./_turned_clock.ts";
import { Wire } from "./_wire.ts";

/** A connection in memory that the pool has asked for. */
interface Opened {
  readonly kind: "full" | "bare";
  readonly wire: Wire;
  readonly connection: Connection;
  /** Lets the attempt succeed. */
  succeed(): Promise<void>;
  /** Lets the attempt fail. */
  fail(error: Error): Promise<void>;
}

/** A pool whose connections are opened by the test. */
class Bench implements DedicatedPoolOwner {
  prepare(): boolean {
    return true;
  }
  readonly opened: Opened[] = [];
  readonly givenUp: GivenUp[] = [];
  readonly resent: Request[] = [];
  /** Whether attempts succeed by themselves. */
  smooth = true;
  /** Connections that were asked for a byte. */
  readonly pinged: Connection[] = [];
  /** Whether they answer. */
  answers = true;
  /** What `giveUp()` answers. */
  mayClose = true;
  readonly pool: DedicatedPool = new DedicatedPool(this, {
    minTimeout: 10,
    maxTimeout: 1000,
    multiplier: 2,
    jitter: 0,
  });

  open(kind: "full" | "bare"): Promise<Connection> {
    const wire = new Wire();
    const connection = new Connection({ host: "example.com", port: 6379 }, wire, {
      onClosed: (_, error, sent, queued) => {
        for (const request of [...sent, ...queued]) request.reject(error);
      },
    });
    const { promise, resolve, reject } = Promise.withResolvers<Connection>();
    const opened: Opened = {
      kind,
      wire,
      connection,
      succeed: () => (resolve(connection), turns()),
      fail: (error) => (connection.close(error), reject(error), turns()),
    };
    this.opened.push(opened);
    if (this.smooth) resolve(connection);
    return promise;
  }

  giveUp(given: GivenUp): boolean {
    this.givenUp.push(given);
    return this.mayClose;
  }

  resend(request: Request): void {
    this.resent.push(request);
  }

  ping(connection: Connection): Promise<unknown> {
    this.pinged.push(connection);
    return this.answers ? Promise.resolve("PONG") : new Promise(() => {});
  }

  /** Sends a request that blocks. */
  async send(...words: string[]): Promise<{ request: Request; outcome: Promise<unknown> }> {
    const { request, outcome } = this.make(...words);
    this.pool.send(request);
    await turns();
    return { request, outcome };
  }

  /** Makes a request that blocks. */
  make(...words: string[]): { request: Request; outcome: Promise<unknown> } {
    const request = new Request(words, lookUp(words), (reply) => reply, NO_OWNER);
    request.blocks = true;
    const outcome = request.promise();
    outcome.catch(() => {});
    return { request, outcome };
  }

  /** What was written on each connection. */
  get written(): string[] {
    return this.opened.map(({ wire }) =>
      wire.writes.join("").split("\r\n").filter((line) => /^\w/.test(line)).join(" ")
    );
  }

  /** Ends everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.pool.close(new Error("The test is over"));
    for (const { connection } of this.opened) connection.close(new Error("The test is over"));
    await turns();
  }
}

/** Lets everything happen that needs no timer. */
async function turns(): Promise<void> {
  for (let i = 0; i < 50; i++) await null;
}

Deno.test("each request has a connection of its own, which the next one gets when it is free", async () => {
  await using bench = new Bench();
  const first = await bench.send("BLPOP", "a", "0");
  await bench.send("BLPOP", "b", "0");
  assertEquals(bench.written, ["BLPOP a 0", "BLPOP b 0"]);
  assert(bench.pool.busy);
  bench.opened[0].wire.answer("+element\r\n");
  assertEquals(await first.outcome, "element");
  await bench.send("BLPOP", "c", "0");
  assertEquals(bench.written, ["BLPOP a 0 BLPOP c 0", "BLPOP b 0"]);
  assertEquals(bench.givenUp, []);
});

Deno.test("an error reply gives the connection back as well", async () => {
  await using bench = new Bench();
  const first = await bench.send("BLPOP", "a", "0");
  bench.opened[0].wire.answer("-WRONGTYPE no\r\n");
  await assertRejects(() => first.outcome, ServerError);
  assert(!bench.pool.busy);
  await bench.send("BLPOP", "b", "0");
  assertEquals(bench.opened.length, 1);
});

Deno.test("a free connection is kept for ten seconds, and not more than eight are", async () => {
  using clock = new TurnedClock();
  await using bench = new Bench();
  const sent = [];
  for (let i = 0; i < 10; i++) sent.push(await bench.send("BLPOP", String(i), "0"));
  for (const { wire } of bench.opened) wire.answer("+element\r\n");
  await Promise.all(sent.map(({ outcome }) => outcome));
  await turns();
  const open = (): number => bench.opened.filter(({ connection }) => !connection.closed).length;
  assertEquals(open(), 8);
  await clock.tick(9990);
  assertEquals(open(), 8);
  await clock.tick(20);
  assertEquals(open(), 0);
  await bench.send("BLPOP", "later", "0");
  assertEquals(bench.opened.length, 11);
});

Deno.test("fill() opens the reserved connections that are missing", async () => {
  await using bench = new Bench();
  await bench.pool.fill();
  assertEquals(bench.opened.length, 0);
  bench.pool.reserved = 2;
  await bench.pool.fill();
  await bench.pool.fill();
  assertEquals(bench.opened.length, 2);
  await bench.send("BLPOP", "a", "0");
  await bench.send("BLPOP", "b", "0");
  assertEquals(bench.written, ["BLPOP a 0", "BLPOP b 0"]);
  await bench.pool.fill();
  assertEquals(bench.opened.length, 2);
  await bench.send("BLPOP", "c", "0");
  assertEquals(bench.opened.length, 3);
});

Deno.test("a request takes a connection that is being opened ahead, and its own if that fails", async () => {
  await using bench = new Bench();
  bench.smooth = false;
  bench.pool.reserved = 2;
  const filled = bench.pool.fill();
  await bench.send("BLPOP", "a", "0");
  await bench.send("BLPOP", "b", "0");
  assertEquals(bench.opened.length, 2);
  await bench.opened[0].succeed();
  assertEquals(bench.written[0], "BLPOP a 0");
  await bench.opened[1].fail(new Error("refused"));
  await filled;
  assertEquals(bench.opened.length, 3);
  await bench.opened[2].succeed();
  assertEquals(bench.written[2], "BLPOP b 0");
});

Deno.test("a request that waits for a connection that is opened ahead gets another one if that is closed at once", async () => {
  await using bench = new Bench();
  bench.smooth = false;
  bench.pool.reserved = 1;
  const filled = bench.pool.fill();
  const waiting = await bench.send("BLPOP", "a", "0");
  assertEquals(bench.opened.length, 1);
  // The node is the primary no more.
  bench.pool.reserved = 0;
  bench.opened[0].connection.close(new Error("lost"));
  await bench.opened[0].succeed();
  await filled;
  await bench.opened[1].succeed();
  assertEquals(bench.written, ["", "BLPOP a 0"]);
  bench.opened[1].wire.answer("+element\r\n");
  assertEquals(await waiting.outcome, "element");
});

Deno.test("reserved connections are kept while they answer, and replaced when they do not or are closed", async () => {
  using clock = new TurnedClock();
  await using bench = new Bench();
  bench.pool.reserved = 1;
  await bench.pool.fill();
  const first = await bench.send("BLPOP", "a", "0");
  await bench.send("BLPOP", "b", "0");
  for (const { wire } of bench.opened) wire.answer("+element\r\n");
  await first.outcome;
  await turns();
  const open = (): number[] =>
    bench.opened.flatMap(({ connection }, i) => connection.closed ? [] : [i]);
  // The second one is not needed.
  await clock.tick(10_010);
  assertEquals(open(), [1]);
  await clock.tick(10_010);
  await clock.tick(10_010);
  assertEquals(open(), [1]);
  assertEquals(bench.pinged.length, 3);
  bench.answers = false;
  await clock.tick(10_010);
  assertEquals(open(), [1]);
  await clock.tick(10_010);
  await turns();
  assertEquals(open(), [2]);
  bench.opened[2].wire.end();
  await turns();
  await clock.tick(10_010);
  await turns();
  assertEquals(open(), [3]);
});

Deno.test("a reserved connection that is closed while a request is on it is replaced", async () => {
  await using bench = new Bench();
  bench.pool.reserved = 1;
  await bench.pool.fill();
  const { request } = await bench.send("BLPOP", "a", "0");
  request.reject(new Error("given up"));
  await turns();
  assertEquals(bench.opened.map(({ connection }) => connection.closed), [true, false]);
});

Deno.test("closeIdle() closes the free connections only", async () => {
  await using bench = new Bench();
  const first = await bench.send("BLPOP", "a", "0");
  await bench.send("BLPOP", "b", "0");
  bench.opened[0].wire.answer("+element\r\n");
  await first.outcome;
  bench.pool.closeIdle();
  assertEquals(bench.opened.map(({ connection }) => connection.closed), [true, false]);
  await bench.send("BLPOP", "c", "0");
  assertEquals(bench.opened.length, 3);
});

Deno.test("a free connection that the server has closed is not used", async () => {
  await using bench = new Bench();
  const first = await bench.send("BLPOP", "a", "0");
  bench.opened[0].wire.answer("+element\r\n");
  await first.outcome;
  bench.opened[0].wire.end();
  await turns();
  await bench.send("BLPOP", "b", "0");
  assertEquals(bench.written, ["BLPOP a 0", "BLPOP b 0"]);
});

Deno.test("not more than 16 connections are opened at a time: other requests wait for the next place", async () => {
  await using bench = new Bench();
  bench.smooth = false;
  for (let i = 0; i < 20; i++) await bench.send("BLPOP", `k${i}`, "0");
  assertEquals(bench.opened.length, 16);
  await bench.opened[3].succeed();
  assertEquals(bench.opened.length, 17);
  assertEquals(bench.written[3], "BLPOP k3 0");
  await bench.opened[4].fail(new Error("refused"));
  assertEquals(bench.opened.length, 18);
});

Deno.test("requests that wait for a place get a connection that becomes free, the oldest first", async () => {
  await using bench = new Bench();
  await bench.send("BLPOP", "first", "0");
  bench.smooth = false;
  for (let i = 0; i < 18; i++) await bench.send("BLPOP", `k${i}`, "0");
  assertEquals(bench.opened.length, 17);
  bench.opened[0].wire.answer("+element\r\n");
  await turns();
  assertEquals(bench.written[0], "BLPOP first 0 BLPOP k16 0");
  bench.opened[0].wire.answer("+element\r\n");
  await turns();
  assertEquals(bench.written[0], "BLPOP first 0 BLPOP k16 0 BLPOP k17 0");
});

Deno.test("a request that was settled while it waited for a place is left out", async () => {
  await using bench = new Bench();
  bench.smooth = false;
  const sent = [];
  for (let i = 0; i < 18; i++) sent.push(await bench.send("BLPOP", `k${i}`, "0"));
  sent[16].request.reject(new Error("late"));
  await bench.opened[0].succeed();
  assertEquals(bench.opened.length, 17);
  await bench.opened[16].succeed();
  assertEquals(bench.written[16], "BLPOP k17 0");
});

Deno.test("a request that was settled while its connection was opened leaves the connection to the next one", async () => {
  await using bench = new Bench();
  bench.smooth = false;
  const { request } = await bench.send("BLPOP", "a", "0");
  request.reject(new Error("late"));
  await bench.opened[0].succeed();
  assertEquals(bench.written, [""]);
  assertEquals([bench.pool.busy, bench.givenUp], [false, []]);
  await bench.send("BLPOP", "b", "0");
  assertEquals(bench.written, ["BLPOP b 0"]);
});

Deno.test("a request for which no connection could be opened goes back after a wait", async () => {
  using clock = new TurnedClock();
  await using bench = new Bench();
  bench.smooth = false;
  const { request } = await bench.send("BLPOP", "a", "0");
  const refusal = new Error("refused");
  await bench.opened[0].fail(refusal);
  assertEquals(bench.resent, []);
  await clock.tick(11);
  assertEquals(bench.resent, [request]);
  assertEquals([request.lastError, request.attempts], [refusal, 1]);
});

Deno.test("a request that waits for another attempt gets a connection that becomes free", async () => {
  using _ = new TurnedClock();
  await using bench = new Bench();
  await bench.send("BLPOP", "a", "0");
  bench.smooth = false;
  await bench.send("BLPOP", "b", "0");
  await bench.opened[1].fail(new Error("refused"));
  bench.opened[0].wire.answer("+element\r\n");
  await turns();
  assertEquals(bench.written[0], "BLPOP a 0 BLPOP b 0");
  assertEquals(bench.resent, []);
});

Deno.test("a request is rejected where another attempt would end the same way", async () => {
  await using bench = new Bench();
  bench.smooth = false;
  const { outcome } = await bench.send("BLPOP", "a", "0");
  const refusal = new ServerError("WRONGPASS no");
  await bench.opened[0].fail(refusal);
  assertEquals(await assertRejects(() => outcome), refusal);
});

Deno.test("a request that is given up is ended on the server before its connection is closed", async () => {
  await using bench = new Bench();
  const { request } = await bench.send("BLPOP", "a", "0");
  const { connection } = bench.opened[0];
  assert(bench.pool.blocked.waiting);
  request.reject(new Error("late"));
  assertEquals(bench.givenUp.map(({ connection, requests }) => [connection, requests]), [
    [connection, [request]],
  ]);
  assert(connection.closed);
  assert(!bench.pool.blocked.waiting);
  await turns();
  assert(!bench.pool.busy);
});

Deno.test("a connection that has to wait for the server counts as busy until it is closed", async () => {
  await using bench = new Bench();
  bench.mayClose = false;
  const { request } = await bench.send("BLPOP", "a", "0");
  request.reject(new Error("late"));
  const { connection } = bench.opened[0];
  await turns();
  assertEquals([connection.closed, bench.pool.busy], [false, true]);
  connection.close(bench.givenUp[0].error);
  await turns();
  assert(!bench.pool.busy);
});

Deno.test("a request that only reads is given up without a word to the server", async () => {
  await using bench = new Bench();
  const { request } = await bench.send("XREAD", "BLOCK", "0", "STREAMS", "s", "0");
  request.reject(new Error("late"));
  assert(bench.opened[0].connection.closed);
  assertEquals(bench.givenUp, []);
});

Deno.test("requests of a batch share a connection, which is free after the last reply", async () => {
  await using bench = new Bench();
  const batch = [bench.make("BLPOP", "a", "0"), bench.make("GET", "b")];
  bench.pool.sendTogether(batch.map(({ request }) => request));
  await turns();
  assertEquals(bench.written, ["BLPOP a 0 GET b"]);
  bench.opened[0].wire.answer("+element\r\n");
  await turns();
  assert(bench.pool.busy);
  bench.opened[0].wire.answer("+value\r\n");
  await turns();
  assert(!bench.pool.busy);
  assertEquals(await Promise.all(batch.map(({ outcome }) => outcome)), ["element", "value"]);
});

Deno.test("one request of a batch that is given up ends the others, each with an error of its own", async () => {
  await using bench = new Bench();
  const batch = [bench.make("BLPOP", "a", "0"), bench.make("BLPOP", "b", "0")];
  bench.pool.sendTogether(batch.map(({ request }) => request));
  await turns();
  const late = new Error("late");
  batch[0].request.reject(late);
  assert(!bench.opened[0].connection.closed);
  await turns();
  assert(bench.opened[0].connection.closed);
  assertEquals(bench.givenUp.length, 1);
  assertEquals(await assertRejects(() => batch[0].outcome), late);
  assertInstanceOf(await batch[1].outcome.catch((error) => error), RedisError);
});

Deno.test("a request that ends a script has a bare connection for itself, at once, and closes it", async () => {
  await using bench = new Bench();
  const first = await bench.send("BLPOP", "a", "0");
  bench.opened[0].wire.answer("+element\r\n");
  await first.outcome;
  bench.smooth = false;
  for (let i = 0; i < 17; i++) await bench.send("BLPOP", `k${i}`, "0");
  const { request, outcome } = bench.make("SCRIPT", "KILL");
  request.interrupts = true;
  bench.pool.send(request);
  const bare = bench.opened.at(-1)!;
  assertEquals(bare.kind, "bare");
  await bare.succeed();
  bare.wire.answer("+OK\r\n");
  assertEquals(await outcome, "OK");
  assert(bare.connection.closed);
  assert(bench.opened.every(({ kind, connection }) => kind === "full" || connection.closed));
});

Deno.test("retire() closes each connection when it is free, and hands back what waits", async () => {
  using _ = new TurnedClock();
  await using bench = new Bench();
  const idle = await bench.send("BLPOP", "a", "0");
  const busy = await bench.send("BLPOP", "b", "0");
  bench.opened[0].wire.answer("+element\r\n");
  await idle.outcome;
  bench.smooth = false;
  bench.pool.closeIdle();
  const refused = await bench.send("BLPOP", "c", "0");
  await bench.opened[2].fail(new Error("refused"));
  const opening = await bench.send("BLPOP", "d", "0");
  bench.pool.retire();
  assertEquals(bench.resent, [refused.request]);
  await bench.opened[3].fail(new Error("refused"));
  assertEquals(bench.resent, [refused.request, opening.request]);
  assert(!bench.opened[1].connection.closed);
  bench.opened[1].wire.answer("+element\r\n");
  assertEquals(await busy.outcome, "element");
  assert(bench.opened[1].connection.closed);
  assert(!bench.pool.busy);
});

Deno.test("close() rejects what was sent and what waits, and closes all connections", async () => {
  using _ = new TurnedClock();
  await using bench = new Bench();
  const idle = await bench.send("BLPOP", "a", "0");
  bench.opened[0].wire.answer("+element\r\n");
  await idle.outcome;
  const kept = bench.opened[0].connection;
  const busy = [await bench.send("BLPOP", "b", "0"), await bench.send("BLPOP", "c", "0")];
  bench.opened[0].wire.answer("+element\r\n");
  await busy[0].outcome;
  bench.smooth = false;
  const refused = bench.make("BLPOP", "d", "0");
  const opening = bench.make("BLPOP", "e", "0");
  bench.pool.sendTogether([opening.request]);
  bench.pool.closeIdle();
  bench.pool.sendTogether([refused.request]);
  await bench.opened.at(-1)!.fail(new Error("refused"));
  const end = new Error("the end");
  bench.pool.close(end);
  assert(kept.closed);
  for (const { outcome } of [busy[1], refused]) {
    assertEquals(await assertRejects(() => outcome), end);
  }
  for (const opened of bench.opened.slice(2)) await opened.succeed();
  assert(bench.opened.every(({ connection }) => connection.closed));
  assert(!bench.pool.busy);
});

Deno.test("a connection that is opened after close() is closed, and its request rejected", async () => {
  await using bench = new Bench();
  bench.smooth = false;
  const { outcome } = await bench.send("BLPOP", "a", "0");
  const end = new Error("the end");
  bench.pool.close(end);
  await bench.opened[0].succeed();
  assertEquals(await assertRejects(() => outcome), end);
  assert(bench.opened[0].connection.closed);
});
