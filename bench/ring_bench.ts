/**
 * What the queue of a connection costs, beside the two usual ways with an array. In every benchmark 1000 items go in and
 * out, behind as many others as the name says.
 *
 * @module
 */

import { Ring } from "../lib/connection/ring.ts";

const ITEMS = 1000;

interface Item {
  readonly value: number;
}

const items: readonly Item[] = Array.from({ length: ITEMS }, (_, value) => ({ value }));

/** An array whose beginning is remembered instead of moved, and cut off now and then. */
class HeadIndex {
  #items: (Item | undefined)[] = [];
  #head = 0;

  push(item: Item): void {
    this.#items.push(item);
  }

  shift(): Item | undefined {
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head * 2 > this.#items.length && this.#head > 32) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}

interface Queue {
  push(item: Item): unknown;
  shift(): Item | undefined;
}

const QUEUES: Record<string, () => Queue> = {
  "Ring": () => new Ring<Item>(),
  "array and head index": () => new HeadIndex(),
  "Array.shift()": () => [],
};

/** Items that come and go one at a time, and in bursts. */
const SHAPES: Record<string, (queue: Queue) => number> = {
  "one by one": (queue) => {
    let sum = 0;
    for (const item of items) {
      queue.push(item);
      sum += queue.shift()!.value;
    }
    return sum;
  },
  "all at once": (queue) => {
    let sum = 0;
    for (const item of items) queue.push(item);
    for (let i = 0; i < ITEMS; i++) sum += queue.shift()!.value;
    return sum;
  },
};

const SUM = ITEMS * (ITEMS - 1) / 2;

for (const [shape, run] of Object.entries(SHAPES)) {
  for (const waiting of [0, 100, 10_000, 100_000]) {
    for (const [name, make] of Object.entries(QUEUES)) {
      const queue = make();
      // The round of the items ends with the last one, so any 1000 that come out together are all of them.
      for (let i = waiting; i > 0; i--) queue.push(items[(ITEMS - i % ITEMS) % ITEMS]);
      Deno.bench({
        name: `${name}: 1000 ${shape}, behind ${waiting}`,
        group: `${shape}, behind ${waiting}`,
        baseline: name === "Ring",
        fn: () => {
          if (run(queue) !== SUM) throw new Error("Cannot use this run: items were lost");
        },
      });
    }
  }
}
