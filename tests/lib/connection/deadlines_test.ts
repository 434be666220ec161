import { assert, assertEquals } from "@std/assert";
import {
  type DeadlineList,
  Deadlines,
  type Expiring,
  type ReplySource,
} from "../../../lib/connection/deadlines.ts";
import { Random } from "../resp/_random.ts";
import { TurnedClock } from "./_turned_clock.ts";

/** Something that notes when its time ran out. */
class Item implements Expiring {
  deadline = 0;
  list: DeadlineList | null = null;
  younger: Expiring | null = null;
  older: Expiring | null = null;
  source: ReplySource | null = null;
  /** What it gets more because the process was busy. */
  more = 0;
  readonly #expired: () => void;

  constructor(expired: () => void) {
    this.#expired = expired;
  }

  postponed(): number {
    const { deadline, more } = this;
    this.more = 0;
    return deadline + more;
  }

  expire(): void {
    this.#expired();
  }
}

/** Items with names; what ran out, and when. */
class Log {
  readonly entries: string[] = [];
  readonly #clock: TurnedClock;

  constructor(clock: TurnedClock) {
    this.#clock = clock;
  }

  item(name: string | number, also?: () => void): Item {
    return new Item(() => {
      this.entries.push(`${name} at ${this.#clock.now}`);
      also?.();
    });
  }

  take(): string[] {
    return this.entries.splice(0);
  }
}

Deno.test("what is added runs out after its budget, once", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  const item = log.item("a");
  deadlines.add(item, 250);
  assertEquals(item.deadline, 250);
  await clock.tick(249);
  assertEquals(log.take(), []);
  await clock.tick(1);
  assertEquals(log.take(), ["a at 250"]);
  assertEquals(item.list, null);
  await clock.tick(10_000);
  assertEquals(log.take(), []);
});

Deno.test("what is added later has its whole budget", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  deadlines.add(log.item("a"), 100);
  await clock.tick(60);
  deadlines.add(log.item("b"), 100);
  await clock.tick(30);
  deadlines.add(log.item("c"), 100);
  await clock.tick(1000);
  assertEquals(log.take(), ["a at 100", "b at 160", "c at 190"]);
});

Deno.test("budgets do not disturb each other", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  deadlines.add(log.item("long"), 500);
  deadlines.add(log.item("short"), 20);
  deadlines.add(log.item("medium"), 100);
  await clock.tick(1000);
  assertEquals(log.take(), ["short at 20", "medium at 100", "long at 500"]);
});

Deno.test("what is removed never runs out, wherever it stands", async () => {
  for (const removed of ["a", "b", "c", "d"]) {
    using clock = new TurnedClock();
    const log = new Log(clock);
    const deadlines = new Deadlines();
    const items = new Map(["a", "b", "c", "d"].map((name) => [name, log.item(name)]));
    for (const item of items.values()) deadlines.add(item, 50);
    const item = items.get(removed)!;
    deadlines.remove(item);
    assertEquals([item.list, item.older, item.younger], [null, null, null]);
    await clock.tick(50);
    assertEquals(
      log.take(),
      ["a", "b", "c", "d"].filter((name) => name !== removed).map((name) => `${name} at 50`),
    );
  }
});

Deno.test("remove() does nothing for what is not watched", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  const [a, b] = [log.item("a"), log.item("b")];
  deadlines.remove(a);
  deadlines.add(a, 10);
  deadlines.add(b, 10);
  deadlines.remove(a);
  deadlines.remove(a);
  await clock.tick(10);
  deadlines.remove(b);
  assertEquals(log.take(), ["b at 10"]);
});

Deno.test("what ran out or was removed can be watched again", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  let left = 3;
  const item: Item = log.item("a", () => {
    if (--left > 0) deadlines.add(item, 40);
  });
  deadlines.add(item, 40);
  deadlines.remove(item);
  await clock.tick(30);
  deadlines.add(item, 40);
  await clock.tick(1000);
  assertEquals(log.take(), ["a at 70", "a at 110", "a at 150"]);
});

Deno.test("what runs out may remove others and add new ones", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  const [b, c] = [log.item("b"), log.item("c")];
  deadlines.add(
    log.item("a", () => {
      deadlines.remove(b);
      deadlines.add(log.item("d"), 30);
      deadlines.add(log.item("e"), 5);
    }),
    30,
  );
  deadlines.add(b, 30);
  deadlines.add(c, 30);
  await clock.tick(1000);
  assertEquals(log.take(), ["a at 30", "c at 30", "e at 35", "d at 60"]);
});

Deno.test("clear() stops everything, and watching may begin anew", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  const a = log.item("a");
  deadlines.add(a, 10);
  deadlines.add(log.item("b"), 20);
  deadlines.clear();
  deadlines.remove(a);
  await clock.tick(100);
  assertEquals(log.take(), []);
  deadlines.add(a, 10);
  await clock.tick(100);
  assertEquals(log.take(), ["a at 110"]);
});

Deno.test("clear() by what runs out spares the others that are due", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  deadlines.add(log.item("a", () => deadlines.clear()), 10);
  deadlines.add(log.item("b"), 10);
  deadlines.add(log.item("c"), 20);
  await clock.tick(100);
  assertEquals(log.take(), ["a at 10"]);
});

Deno.test("thousands of deadlines need a handful of timers", async () => {
  using clock = new TurnedClock();
  const deadlines = new Deadlines();
  let expired = 0;
  const count = () => expired++;
  for (let turn = 0; turn < 100; turn++) {
    for (let i = 0; i < 100; i++) {
      const item = new Item(count);
      deadlines.add(item, 250);
      if (i % 2 === 0) deadlines.remove(item);
    }
    await clock.tick(1);
  }
  // One every 50 ms, to notice when the process is busy.
  assert(clock.waits.length <= 3, `${clock.waits.length} timers`);
  await clock.tick(1000);
  assertEquals(expired, 5000);
  // And one for each time at which something is due, at most.
  assert(clock.waits.length <= 110, `${clock.waits.length} timers`);
});

Deno.test("a list that has become empty keeps no timer", async () => {
  using clock = new TurnedClock();
  const deadlines = new Deadlines();
  for (const budget of [10, 20, 30]) {
    const item = new Item(() => {});
    deadlines.add(item, budget);
    deadlines.remove(item);
  }
  await clock.tick(30);
  const timers = clock.waits.length;
  await clock.tick(10_000);
  assertEquals(clock.waits.length, timers);
});

Deno.test("a budget that is longer than a timer can measure is kept", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  const day = 24 * 60 * 60 * 1000;
  deadlines.add(log.item("a"), 60 * day);
  for (let i = 0; i < 59; i++) await clock.tick(day);
  assertEquals(log.take(), []);
  await clock.tick(day);
  assertEquals(log.take(), [`a at ${60 * day}`]);
  assert(clock.waits.every((wait) => wait < 2 ** 31), String(clock.waits));
  // Some of them in the last second, to notice when the process is busy.
  assert(clock.waits.length <= 4 + 20, String(clock.waits));
});

Deno.test("budgets need not be whole milliseconds", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  deadlines.add(log.item("a"), 0.25);
  deadlines.add(log.item("b"), 1.75);
  deadlines.add(log.item("c"), 20.4);
  await clock.tick(30);
  const names = log.take().map((entry) => entry.split(" ")[0]);
  assertEquals(names, ["a", "b", "c"]);
});

Deno.test("a process that was busy lets replies come in before it gives up", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  const answered = log.item("answered");
  const silent = log.item("silent");
  answered.source = silent.source = { received: 0 };
  deadlines.add(answered, 50);
  deadlines.add(silent, 50);
  clock.late = 100;
  // Behind the timer of the deadlines, which is due first; so are the sockets' events.
  setTimeout(() => deadlines.remove(answered), 50);
  await clock.tick(60);
  assertEquals(log.take().map((entry) => entry.split(" ")[0]), ["silent"]);
});

Deno.test("after a stall nothing is given up as long as reads bring data, and not for ever", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  const source = { received: 0 };
  const names = ["first", "second", "never"];
  const items = names.map((name) => log.item(name));
  for (const item of items) {
    item.source = source;
    deadlines.add(item, 50);
  }
  clock.late = 1000;
  await clock.tick(50);
  // A reply every 10 ms.
  for (const item of items.slice(0, 2)) {
    source.received++;
    await clock.tick(10);
    deadlines.remove(item);
  }
  assertEquals(log.take(), []);
  await clock.tick(40);
  assertEquals(log.take().map((entry) => entry.split(" ")[0]), ["never"]);
  // Others keep the connection busy for ever.
  const lost = log.item("lost");
  lost.source = source;
  deadlines.add(lost, 50);
  clock.late += 1000;
  await clock.tick(50);
  for (let i = 0; i < 200; i++) {
    source.received++;
    await clock.tick(1);
  }
  assertEquals(log.take(), []);
  for (let i = 0; i < 100; i++) {
    source.received++;
    await clock.tick(1);
  }
  assertEquals(log.take().map((entry) => entry.split(" ")[0]), ["lost"]);
});

Deno.test("what waits for no reply, or whose peer sends nothing, is given up at once after a stall", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  const silent = log.item("silent");
  silent.source = { received: 7 };
  deadlines.add(log.item("unsent"), 50);
  deadlines.add(silent, 50);
  clock.late = 1000;
  await clock.tick(53);
  assertEquals(log.take().map((entry) => entry.split(" ")[0]), ["unsent", "silent"]);
});

Deno.test("what is granted more time because of a stall gets it", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  const [a, b] = [log.item("a"), log.item("b")];
  a.more = 200;
  deadlines.add(a, 100);
  deadlines.add(b, 100);
  await clock.tick(20);
  clock.late = 100;
  await clock.tick(80);
  assertEquals(log.take(), ["b at 150"]);
  await clock.tick(1000);
  assertEquals(log.take(), ["a at 300"]);
});

Deno.test("without a stall nobody waits for the connection, whatever that does", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  const source = { received: 0 };
  const item = log.item("a");
  item.source = source;
  deadlines.add(item, 100);
  for (let i = 0; i < 100; i++) {
    source.received++;
    await clock.tick(1);
  }
  assertEquals(log.take(), ["a at 100"]);
});

Deno.test("a deadline in the past or in the present millisecond is kept as well", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  clock.late = 0.7;
  deadlines.add(
    log.item("a", () => {
      deadlines.add(log.item("b"), 0.1);
      deadlines.add(log.item("c"), 0.2);
    }),
    10,
  );
  await clock.tick(20);
  assertEquals(log.take().map((entry) => entry.split(" ")[0]), ["a", "b", "c"]);
});

Deno.test("100 000 different budgets leave no lists and no timers behind", async () => {
  using clock = new TurnedClock();
  const deadlines = new Deadlines();
  const item = new Item(() => {});
  for (let i = 0; i < 100_000; i++) {
    deadlines.add(item, 1000 + i * 7.3);
    deadlines.remove(item);
  }
  assertEquals(deadlines.size <= 1025, true);
  assertEquals(clock.waits.length, 1);
  await clock.tick(60);
  assertEquals(deadlines.size, 0);
  assert(clock.waits.length <= 3, String(clock.waits));
});

Deno.test("a long wait needs few timers until its end is near", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  deadlines.add(log.item("a"), 30_000);
  await clock.tick(15_000);
  assert(clock.waits.length <= 2, String(clock.waits));
  // A shorter one that comes meanwhile is not late.
  deadlines.add(log.item("b"), 250);
  await clock.tick(15_000);
  assertEquals(log.take(), ["b at 15250", "a at 30000"]);
});

Deno.test("a process that is busy for ever gives up nevertheless", async () => {
  using clock = new TurnedClock();
  const log = new Log(clock);
  const deadlines = new Deadlines();
  const names = Array.from({ length: 20 }, (_, i) => `${i}`);
  for (const name of names) {
    deadlines.add(log.item(name), 50);
    await clock.tick(5);
    clock.late += 100;
  }
  await clock.tick(200);
  assertEquals(log.take().map((entry) => entry.split(" ")[0]), names);
});

Deno.test("now() is one time for a whole turn, and goes on with the next", async () => {
  using clock = new TurnedClock();
  const deadlines = new Deadlines();
  const first = deadlines.now();
  clock.late = 5;
  assertEquals(deadlines.now(), first);
  await Promise.resolve();
  assertEquals(deadlines.now(), first + 5);
});

Deno.test("deadlines behave like a timer for each, in 100 random lives", async () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = new Random(seed);
    using clock = new TurnedClock();
    const deadlines = new Deadlines();
    const expected: [number, number][] = [];
    const expired: [number, number][] = [];
    const watched = new Map<number, Item>();
    for (let i = 0; i < 100; i++) {
      if (random.chance(0.5)) {
        const budget = random.pick([1, 10, 10, 10, 50, 250]);
        const item = new Item(() => {
          watched.delete(i);
          expired.push([i, clock.now]);
        });
        watched.set(i, item);
        deadlines.add(item, budget);
        expected.push([i, clock.now + budget]);
      } else if (watched.size > 0 && random.chance(0.7)) {
        const name = random.pick([...watched.keys()]);
        deadlines.remove(watched.get(name)!);
        watched.delete(name);
        expected.splice(expected.findIndex(([other]) => other === name), 1);
      }
      await clock.tick(random.integer(0, 8));
    }
    await clock.tick(1000);
    const byName = ([a]: [number, number], [b]: [number, number]) => a - b;
    assertEquals(expired.sort(byName), expected.sort(byName), `seed ${seed}`);
  }
});

Deno.test("in real time, budgets are kept to a few milliseconds", async () => {
  const deadlines = new Deadlines();
  const { promise, resolve } = Promise.withResolvers<void>();
  const waited: [number, number][] = [];
  const budgets = [40, 5, 80, 20];
  for (const budget of budgets) {
    const before = performance.now();
    const item = new Item(() => {
      waited.push([budget, performance.now() - before]);
      if (waited.length === budgets.length) resolve();
    });
    deadlines.add(item, budget);
  }
  // Their timers alone do not keep the process waiting.
  const alive = setInterval(() => {}, 1000);
  await promise;
  clearInterval(alive);
  assertEquals(waited.map(([budget]) => budget), budgets.toSorted((a, b) => a - b));
  for (const [budget, time] of waited) {
    // They were made in one turn, which has one clock.
    assert(budget - 2 <= time && time < budget + 500, `${time} ms instead of ${budget}`);
  }
});

Deno.test("deadlines alone do not keep the process alive", async () => {
  const module = new URL("../../../lib/connection/deadlines.ts", import.meta.url).href;
  const code = `
    import { Deadlines } from ${JSON.stringify(module)};
    const item = { deadline: 0, list: null, younger: null, older: null, expire() {} };
    new Deadlines().add(item, 60_000);
    console.log("added");
  `;
  const started = performance.now();
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", code],
  }).output();
  assert(success);
  assertEquals(new TextDecoder().decode(stdout).trim(), "added");
  assert(performance.now() - started < 30_000, "The process waited for the deadline");
});
