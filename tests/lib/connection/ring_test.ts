import { assertEquals } from "@std/assert";
import { Ring } from "../../../lib/connection/ring.ts";
import { Random } from "../resp/_random.ts";

Deno.test("shift() takes items in the order of push()", () => {
  const ring = new Ring<string>();
  for (const item of ["a", "b", "c"]) ring.push(item);
  assertEquals(ring.length, 3);
  assertEquals([ring.shift(), ring.shift(), ring.shift()], ["a", "b", "c"]);
  assertEquals(ring.length, 0);
});

Deno.test("shift() of an empty ring is undefined, as often as you like", () => {
  const ring = new Ring<string>();
  assertEquals([ring.shift(), ring.shift(), ring.length], [undefined, undefined, 0]);
  ring.push("a");
  assertEquals([ring.shift(), ring.shift(), ring.length], ["a", undefined, 0]);
});

Deno.test("at() counts from the oldest item, and is undefined behind the end", () => {
  const ring = new Ring<number>();
  for (let i = 0; i < 100; i++) ring.push(i);
  for (let i = 0; i < 90; i++) ring.shift();
  assertEquals([ring.at(0), ring.at(9), ring.at(10), ring.at(1000)], [
    90,
    99,
    undefined,
    undefined,
  ]);
});

Deno.test("drain() takes everything, oldest first, and the ring goes on", () => {
  const ring = new Ring<number | undefined>();
  assertEquals(ring.drain(), []);
  for (let i = 0; i < 20; i++) ring.push(i);
  ring.shift();
  // What means "nothing" elsewhere is an item here.
  ring.push(undefined);
  ring.push(20);
  assertEquals(ring.drain(), [...Array.from({ length: 19 }, (_, i) => i + 1), undefined, 20]);
  assertEquals(ring.length, 0);
  ring.push(7);
  assertEquals(ring.shift(), 7);
});

Deno.test("a ring behaves like an array, in 200 random lives", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = new Random(seed);
    const ring = new Ring<number>();
    let model: number[] = [];
    let next = 0;
    for (let step = 0; step < 60; step++) {
      // Bursts that make it grow beyond the size at which it is made small again.
      const burst = random.chance(0.05) ? 6000 : random.integer(0, 40);
      switch (random.integer(0, 4)) {
        case 0:
        case 1:
          for (let i = 0; i < burst; i++) {
            ring.push(next);
            model.push(next++);
          }
          break;
        case 2:
        case 3: {
          const taken = Array.from({ length: burst }, () => ring.shift());
          const expected: (number | undefined)[] = model.slice(0, burst);
          while (expected.length < burst) expected.push(undefined);
          assertEquals(taken, expected, `seed ${seed}`);
          model = model.slice(burst);
          break;
        }
        default:
          if (random.chance(0.2)) {
            assertEquals(ring.drain(), model, `seed ${seed}`);
            model = [];
          }
      }
      assertEquals(ring.length, model.length, `seed ${seed}`);
      const index = random.integer(0, model.length + 2);
      assertEquals(ring.at(index), model[index], `seed ${seed}`);
    }
  }
});
