import { assertEquals } from "@std/assert";
import { Stalls } from "../../../lib/connection/stalls.ts";

/** Stalls from one time to another. */
function stalls(...times: [number, number][]): Stalls {
  const stalls = new Stalls();
  for (const [start, end] of times) stalls.add(start, end);
  return stalls;
}

Deno.test("without a stall in its life a request keeps its deadline", () => {
  assertEquals(stalls().postpone(100, 250, 101), 350);
  assertEquals(stalls([10, 90]).postpone(100, 250, 101), 350);
  assertEquals(stalls([10, 90]).postpone(100, 250, -1), 350);
});

Deno.test("a request that was made during a stall has its whole budget after it", () => {
  assertEquals(stalls([100, 500]).postpone(100, 250, -1), 750);
  assertEquals(stalls([100, 500]).postpone(100, 250, 500), 750);
  assertEquals(stalls([100, 500]).postpone(300, 1000, 500), 1500);
});

Deno.test("a request that was written long before a stall gains nothing: its reply is there", () => {
  assertEquals(stalls([200, 500]).postpone(100, 250, 101), 350);
});

Deno.test("a request that was written shortly before a stall loses nothing by it", () => {
  assertEquals(stalls([120, 500]).postpone(100, 250, 101), 730);
  assertEquals(stalls([120, 131]).postpone(100, 250, 101), 361);
});

Deno.test("a request that was written only after a stall has 250 ms from then on, or its budget", () => {
  assertEquals(stalls([150, 340]).postpone(100, 250, 341), 591);
  assertEquals(stalls([150, 340]).postpone(100, 50, 341), 391);
  // It has more than that anyway.
  assertEquals(stalls([150, 340]).postpone(100, 1000, 341), 1100);
});

Deno.test("a request that was not written gets the longest stall on top", () => {
  assertEquals(stalls([150, 200]).postpone(100, 250, -1), 400);
  assertEquals(stalls([150, 200], [300, 320]).postpone(100, 250, -1), 400);
});

Deno.test("a stall that is noticed twice counts once", () => {
  const twice = stalls([150, 300], [200, 301]);
  assertEquals([twice.end, twice.duration], [301, 151]);
  assertEquals(twice.postpone(100, 250, -1), 350 + 151);
});

Deno.test("only the last stalls are remembered, and they are enough for short lives", () => {
  const many = new Stalls();
  for (let i = 0; i < 1000; i++) many.add(i * 100, i * 100 + 20);
  assertEquals(many.end, 99_920);
  assertEquals(many.postpone(99_750, 250, -1), 100_020);
});

Deno.test("a request that was made during a long turn has its whole budget after it; others gain nothing", () => {
  const stalls = new Stalls();
  stalls.addTurn(100, 108);
  assertEquals(stalls.postpone(100, 5, 108), 113);
  assertEquals(stalls.postpone(100, 5, -1), 113);
  assertEquals(stalls.postpone(99, 5, 99), 104);
  assertEquals(stalls.postpone(108, 5, 108), 113);
  // It is no stall.
  assertEquals(stalls.end, -Infinity);
});
