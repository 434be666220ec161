import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { lookUp } from "../../../lib/command_table/mod.ts";
import { Request, type RequestOwner } from "../../../lib/connection/request.ts";
import { ServerError } from "../../../lib/errors.ts";
import { type LaneKey, RetryQueue } from "../../../lib/dispatch/retry_queue.ts";

const BACKOFF = { minTimeout: 10, maxTimeout: 3000, multiplier: 2, jitter: 0 };
const DOWN = new ServerError("CLUSTERDOWN The cluster is down");
const TRY_AGAIN = new ServerError("TRYAGAIN Multiple keys request during rehashing of slot");

/** A queue, and what it has sent; a request is sent only if it need not wait. */
class Bench {
  readonly sent: Request[] = [];
  readonly queue = new RetryQueue(BACKOFF, (request) => this.sent.push(request));
  readonly #owner: RequestOwner = {
    onErrorReply: () => false,
    resend: () => {},
    onSettled: (request, outcome) => this.queue.settled(request, outcome),
    onSilence: () => {},
  };

  request(...words: string[]): Request {
    const request = new Request(words, lookUp(words), (reply) => reply, this.#owner);
    request.handTo(() => {}, () => {});
    return request;
  }

  /** Requests that the server refuses, in the order of their calls. */
  refused(count: number, error = DOWN, key: LaneKey | null = 1): Request[] {
    return Array.from({ length: count }, (_, i) => {
      const request = this.request("SET", "k", String(i));
      this.queue.add(key, request, error);
      return request;
    });
  }

  /** What was sent since the last call, by the value that it sets. */
  take(): string[] {
    return this.sent.splice(0).map(({ words }) => String(words.at(-1)));
  }
}

Deno.test("RetryQueue sends the oldest request alone, and the others in order once it has its reply", () => {
  using time = new FakeTime();
  const bench = new Bench();
  const [first] = bench.refused(4);
  assertEquals(bench.take(), []);
  time.tick(10);
  assertEquals(bench.take(), ["0"]);
  time.tick(1000);
  assertEquals(bench.take(), []);
  first.resolve("OK");
  assertEquals(bench.take(), ["1", "2", "3"]);
  assertEquals(bench.queue.size, 0);
});

Deno.test("RetryQueue waits longer from refusal to refusal, up to 200 ms, and the refused request stays the first", () => {
  using time = new FakeTime();
  const bench = new Bench();
  const [first] = bench.refused(2);
  for (const wait of [10, 20, 40, 80, 160, 200, 200]) {
    time.tick(wait - 1);
    assertEquals(bench.take(), []);
    time.tick(1);
    assertEquals(bench.take(), ["0"]);
    bench.queue.add(1, first, DOWN);
  }
  bench.queue.clear(new Error("done"));
});

Deno.test("RetryQueue sends no second request when a timer rings that was cleared", () => {
  using time = new FakeTime();
  const bench = new Bench();
  const [first] = bench.refused(3);
  const { clearTimeout } = globalThis;
  // As Deno before 2.7 does when the timer is due already.
  globalThis.clearTimeout = () => {};
  try {
    bench.queue.retryNow();
  } finally {
    globalThis.clearTimeout = clearTimeout;
  }
  time.tick(10);
  assertEquals(bench.take(), ["0"]);
  first.resolve("OK");
  assertEquals(bench.take(), ["1", "2"]);
});

Deno.test("RetryQueue puts new requests behind those that wait, and late refusals in front of them", () => {
  using time = new FakeTime();
  const bench = new Bench();
  const [first] = bench.refused(1);
  const late = bench.request("SET", "k", "late");
  const newer = bench.request("SET", "k", "newer");
  assert(bench.queue.join(1, newer));
  // It was sent before the newer one was made.
  bench.queue.add(1, late, DOWN);
  const lost = bench.request("SET", "k", "lost connection");
  assert(bench.queue.takeBack(1, lost));
  assert(!bench.queue.join(2, bench.request("SET", "other", "slot")));
  time.tick(10);
  assertEquals(bench.take(), ["0"]);
  first.resolve("OK");
  assertEquals(bench.take(), ["late", "lost connection", "newer"]);
  assert(!bench.queue.join(1, bench.request("SET", "k", "later")));
});

Deno.test("RetryQueue keeps no order with null", () => {
  using time = new FakeTime();
  const bench = new Bench();
  bench.refused(3, DOWN, null);
  time.tick(10);
  assertEquals(bench.take(), ["0", "1", "2"]);
  bench.queue.clear(new Error("done"));
});

Deno.test("RetryQueue goes on with the next request when one ends without a reply", () => {
  using time = new FakeTime();
  const bench = new Bench();
  const [a, b, c, d, e] = bench.refused(5);
  // Some are given up before it is their turn, one on its way.
  a.reject(new Error("aborted"));
  c.reject(new Error("aborted"));
  time.tick(10);
  assertEquals(bench.take(), ["1"]);
  b.reject(new Error("too late"));
  assertEquals(bench.take(), ["3"]);
  d.resolve("OK");
  assertEquals(bench.take(), ["4"]);
  e.resolve("OK");
  assertEquals(bench.queue.size, 0);
});

Deno.test("RetryQueue lets nobody wait behind requests that are all settled", () => {
  using time = new FakeTime();
  const bench = new Bench();
  const [first, second] = bench.refused(2);
  first.reject(new Error("aborted"));
  second.reject(new Error("aborted"));
  assert(!bench.queue.join(1, bench.request("SET", "k", "new")));
  assertEquals(bench.queue.size, 0);
  time.tick(1000);
  assertEquals(bench.take(), []);
});

Deno.test("RetryQueue waits no longer than 50 ms when somebody joins", () => {
  using time = new FakeTime();
  const bench = new Bench();
  const [first] = bench.refused(1);
  for (const wait of [10, 20, 40, 80, 160]) {
    time.tick(wait);
    bench.queue.add(1, first, DOWN);
  }
  bench.take();
  assert(bench.queue.join(1, bench.request("SET", "k", "hasty")));
  time.tick(50);
  assertEquals(bench.take(), ["0"]);
  bench.queue.clear(new Error("done"));
});

Deno.test("RetryQueue has TRYAGAIN hold up only requests for the same keys", () => {
  using time = new FakeTime();
  const bench = new Bench();
  const both = bench.request("MSET", "{k}a", "1", "{k}b", "both");
  bench.queue.add(1, both, TRY_AGAIN);
  assert(!bench.queue.join(1, bench.request("SET", "{k}c", "free")));
  assert(bench.queue.join(1, bench.request("SET", "{k}b", "behind")));
  const others = bench.request("MSET", "{k}d", "1", "{k}e", "others");
  bench.queue.add(1, others, TRY_AGAIN);
  time.tick(10);
  // Each is tried, whatever becomes of the other.
  assertEquals(bench.take(), ["both", "others"]);
  both.resolve("OK");
  assertEquals(bench.take(), ["behind"]);
  // A refusal of another kind concerns everybody.
  bench.queue.add(1, others, DOWN);
  assert(bench.queue.join(1, bench.request("SET", "{k}c", "not free")));
  bench.queue.clear(new Error("done"));
});

Deno.test("RetryQueue has a request for keys of several others wait behind all of them, and later ones behind it", () => {
  using time = new FakeTime();
  const bench = new Bench();
  const names = new Map<Request, string>();
  const make = (name: string, ...keys: string[]): Request => {
    const request = bench.request("MSET", ...keys.flatMap((key) => [key, name]));
    names.set(request, name);
    return request;
  };
  const take = (): string[] => bench.sent.splice(0).map((request) => names.get(request)!);
  const first = make("first", "a", "c");
  const second = make("second", "b", "d");
  for (const request of [first, second]) bench.queue.add(1, request, TRY_AGAIN);
  const both = make("both", "a", "b");
  for (const request of [both, make("on b", "b"), make("on d", "d"), make("on a", "a")]) {
    assert(bench.queue.join(1, request));
  }
  time.tick(10);
  assertEquals(take(), ["first", "second"]);
  first.resolve("OK");
  assertEquals(take(), []);
  second.resolve("OK");
  assertEquals(take(), ["on d", "both", "on b", "on a"]);
  assertEquals(bench.queue.size, 0);
});

Deno.test("RetryQueue lets nothing overtake a request whose keys are not known", () => {
  using time = new FakeTime();
  const bench = new Bench();
  const first = bench.request("MSET", "a", "1", "c", "first");
  bench.queue.add(1, first, TRY_AGAIN);
  assert(bench.queue.join(1, bench.request("UNKNOWN", "unknown")));
  assert(bench.queue.join(1, bench.request("SET", "z", "later")));
  time.tick(10);
  assertEquals(bench.take(), ["first"]);
  first.resolve("OK");
  assertEquals(bench.take(), ["unknown", "later"]);
});

Deno.test("RetryQueue sends no request alone that another one of its keys waits in front of", () => {
  using time = new FakeTime();
  const bench = new Bench();
  const first = bench.request("MSET", "a", "1", "c", "first");
  const second = bench.request("MSET", "b", "1", "d", "second");
  const both = bench.request("MSET", "a", "1", "b", "both");
  for (const request of [first, second]) bench.queue.add(1, request, TRY_AGAIN);
  assert(bench.queue.join(1, both));
  time.tick(10);
  assertEquals(bench.take(), ["first", "second"]);
  bench.queue.add(1, second, TRY_AGAIN);
  // It ends without a reply, so that the next one would be sent alone.
  first.reject(new Error("Given up"));
  assertEquals(bench.take(), []);
  time.tick(20);
  assertEquals(bench.take(), ["second"]);
  second.resolve("OK");
  assertEquals(bench.take(), ["both"]);
  assertEquals(bench.queue.size, 0);
});

Deno.test("RetryQueue.retryNow() begins at once with the oldest of each lane", () => {
  using time = new FakeTime();
  const bench = new Bench();
  bench.refused(2);
  bench.queue.add(2, bench.request("SET", "x", "other lane"), DOWN);
  bench.queue.retryNow();
  assertEquals(bench.take(), ["0", "other lane"]);
  bench.queue.retryNow();
  time.tick(1000);
  assertEquals(bench.take(), []);
  bench.queue.clear(new Error("done"));
});

Deno.test("RetryQueue.clear() rejects what waits, and RetryQueue.errors says why it did", async () => {
  using _time = new FakeTime();
  const bench = new Bench();
  assertEquals(bench.queue.errors, []);
  const waiting = bench.request("SET", "k", "v");
  const outcome = waiting.promise<string>().catch((error) => error);
  bench.queue.add(1, waiting, DOWN);
  assertEquals(bench.queue.errors, [DOWN]);
  const reason = new Error("closed");
  bench.queue.clear(reason);
  assertEquals(await outcome, reason);
  assertEquals(bench.queue.errors, []);
});
