import { assertEquals, assertInstanceOf } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { OverflowError } from "../../../lib/errors.ts";
import type { Gap } from "../../../lib/events.ts";
import { GapLog, overflowMark, tooSlow } from "../../../lib/subscription/gap_log.ts";

Deno.test("items that are dropped within a second are told as one gap", () => {
  using time = new FakeTime(1000);
  const told: Gap[] = [];
  const log = new GapLog((gap) => told.push(gap));
  log.drop();
  time.tick(500);
  log.drop();
  const gap: Gap = { reason: "overflow", since: 1000, until: 1500, dropped: 2 };
  assertEquals([told, log.list(), log.count, log.dropped], [[], [gap], 1, 2]);
  time.tick(500);
  assertEquals([told, log.list(), log.count, log.dropped], [[gap], [gap], 1, 2]);
});

Deno.test("dropped items can be told of at once, and only once", () => {
  using time = new FakeTime(1000);
  const told: Gap[] = [];
  const log = new GapLog((gap) => told.push(gap));
  log.tellOverflow();
  log.drop();
  log.tellOverflow();
  time.tick(5000);
  assertEquals(told, [{ reason: "overflow", since: 1000, until: 1000, dropped: 1 }]);
});

Deno.test("the latest hundred gaps are kept, and all are counted", () => {
  const log = new GapLog(() => {});
  for (let since = 0; since < 150; since++) log.tell({ reason: "reconnect", since, until: since });
  const gaps = log.list();
  assertEquals([gaps.length, gaps[0].since, gaps[99].since, log.count], [100, 50, 149, 150]);
});

Deno.test("the list is a copy", () => {
  const log = new GapLog(() => {});
  log.tell({ reason: "moved", since: 1, until: 2 });
  log.list()[0].since = 9;
  assertEquals(log.list()[0].since, 1);
});

Deno.test("a mark says how many items were dropped; the error says how many fit", () => {
  assertEquals(overflowMark({ count: 3, since: 1, until: 2 }), {
    kind: "gap",
    reason: "overflow",
    since: 1,
    until: 2,
    dropped: 3,
  });
  const error = tooSlow("commands", 7);
  assertInstanceOf(error, OverflowError);
  assertEquals(
    error.message,
    "Cannot keep more commands: the reader is too slow, and its buffer has 7 commands or 16777216 bytes",
  );
});
