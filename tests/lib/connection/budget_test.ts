import { assertEquals } from "@std/assert";
import { Budget } from "../../../lib/connection/budget.ts";
import { TurnedClock } from "./_turned_clock.ts";

/** Blocks the event loop of a turned clock: no timer rings meanwhile. */
function block(clock: TurnedClock, ms: number): void {
  clock.late += ms;
}

Deno.test("a budget is spent after its time, once", async () => {
  for (const ms of [1, 49, 50, 51, 250, 2500]) {
    using clock = new TurnedClock();
    const spent: number[] = [];
    new Budget(ms, () => spent.push(clock.now));
    await clock.tick(ms - 1);
    assertEquals(spent, []);
    await clock.tick(5000);
    assertEquals(spent, [ms]);
  }
});

Deno.test("a budget that is stopped is never spent", async () => {
  using clock = new TurnedClock();
  const spent: number[] = [];
  const budget = new Budget(100, () => spent.push(clock.now));
  await clock.tick(99);
  budget.stop();
  await clock.tick(1000);
  assertEquals(spent, []);
});

Deno.test("time in which the event loop stood still is not counted", async () => {
  using clock = new TurnedClock();
  const spent: number[] = [];
  new Budget(250, () => spent.push(clock.now));
  block(clock, 3000);
  await clock.tick(240);
  assertEquals(spent, []);
  await clock.tick(30);
  assertEquals(spent.length, 1);
});

Deno.test("a stall across the end leaves time to read the answer, but only once", async () => {
  using clock = new TurnedClock();
  const spent: number[] = [];
  new Budget(100, () => spent.push(clock.now - clock.late));
  await clock.tick(90);
  block(clock, 1000);
  // The rest of the budget, and 100 ms of grace.
  await clock.tick(105);
  assertEquals(spent, []);
  block(clock, 1000);
  await clock.tick(10);
  assertEquals(spent.length, 1);
});

Deno.test("a process that stalls again and again does not extend a budget for ever", async () => {
  using clock = new TurnedClock();
  let spent = 0;
  new Budget(250, () => spent++);
  for (let i = 0; i < 60; i++) {
    block(clock, 100);
    await clock.tick(10);
  }
  assertEquals(spent, 1);
});
