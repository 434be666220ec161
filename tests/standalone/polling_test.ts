import { assertEquals } from "@std/assert";
import { TurnedClock } from "../lib/connection/_turned_clock.ts";
import { Polling } from "../../standalone/polling.ts";

const BACKOFF = { minTimeout: 10, maxTimeout: 3000, multiplier: 2, jitter: 0 };

Deno.test("Polling asks with growing waits until it is done, and can run again", async () => {
  using clock = new TurnedClock();
  const asked: number[] = [];
  let isDone = false;
  const polling = new Polling({
    ask: () => asked.push(clock.now),
    isDone: () => isDone,
    backoff: BACKOFF,
    longestWait: 50,
    signal: new AbortController().signal,
  });
  const done = polling.run();
  // It runs already.
  await polling.run();
  await clock.tick(170);
  assertEquals(asked, [0, 10, 30, 70, 120, 170]);
  isDone = true;
  await clock.tick(50);
  await done;
  await polling.run();
  isDone = false;
  const again = polling.run();
  assertEquals(asked.length, 7);
  isDone = true;
  await clock.tick(10);
  await again;
});

Deno.test("Polling waits no longer than the backoff, and ends with its signal", async () => {
  using clock = new TurnedClock();
  const asked: number[] = [];
  const end = new AbortController();
  const polling = new Polling({
    ask: () => asked.push(clock.now),
    isDone: () => false,
    backoff: { ...BACKOFF, maxTimeout: 20 },
    longestWait: 1000,
    signal: end.signal,
  });
  const done = polling.run();
  await clock.tick(50);
  assertEquals(asked, [0, 10, 30, 50]);
  end.abort();
  await done;
  await polling.run();
  await clock.tick(100);
  assertEquals(asked.length, 4);
});
