import { assertEquals, assertMatch } from "@std/assert";
import {
  checkCounter,
  checkLastWrite,
  checkOwner,
  checkQueue,
  checkScan,
  checkSequence,
  checkTogether,
  type Write,
} from "./model.ts";
import { FaultLog } from "./fault_log.ts";
import type { Fate } from "./fate.ts";

const [yes, no, perhaps]: Fate[] = ["acknowledged", "never", "maybe"];

/** Writes of "0", "1", … with these fates. */
function writes(...fates: Fate[]): Write[] {
  return fates.map((fate, i) => ({ value: String(i), fate }));
}

function assertOne(problems: string[], pattern: RegExp): void {
  assertEquals(problems.length, 1, problems.join("\n"));
  assertMatch(problems[0], pattern);
}

Deno.test("the last acknowledged write, or one that may be executed, is there", () => {
  assertEquals(checkLastWrite(writes(yes, yes), "1", false), []);
  assertEquals(checkLastWrite(writes(yes, perhaps), "1", false), []);
  assertEquals(checkLastWrite(writes(perhaps, yes), "0", false), []);
  assertEquals(checkLastWrite(writes(no, perhaps), null, false), []);
  assertOne(checkLastWrite(writes(yes, yes), "0", false), /^write 1 was acknowledged last/);
  assertOne(checkLastWrite(writes(yes), null, false), /^write 0 was acknowledged, and the key/);
  assertOne(checkLastWrite(writes(yes, no), "1", false), /^write 1 was rejected as not executed/);
  assertOne(checkLastWrite(writes(yes), "7", false), /never written/);
});

Deno.test("writes that the servers rolled back are no violation, all else is", () => {
  assertEquals(checkLastWrite(writes(yes, yes), "0", true), []);
  assertEquals(checkLastWrite(writes(yes), null, true), []);
  assertOne(checkLastWrite(writes(yes, no), "1", true), /^write 1 was rejected as not executed/);
  assertEquals(checkSequence(writes(yes, yes, yes), ["0"], true), []);
  assertOne(checkSequence(writes(yes, yes), ["0", "0"], true), /is there 2 times/);
  assertOne(checkSequence(writes(yes, yes), ["1", "0"], true), /^write 0 is behind write 1/);
  assertEquals(
    checkCounter([{ fate: yes, reply: 1 }, { fate: yes, reply: 1 }], 1, { lossy: true }),
    [],
  );
  assertOne(checkCounter([{ fate: yes, reply: 1 }], 2, { lossy: true }), /more than/);
  const taken = { pushed: writes(yes), popped: [["0"], ["0"]], uncertainPops: 0, left: [] };
  assertEquals(checkQueue(taken, true), []);
  assertOne(checkQueue({ ...taken, pushed: writes(no), popped: [["0"]] }, true), /not executed/);
});

Deno.test("a sequence has all acknowledged elements, once, in the order of the calls", () => {
  assertEquals(checkSequence(writes(yes, perhaps, no, yes), ["0", "3", "1"], false), []);
  assertOne(
    checkSequence(writes(yes, yes), ["0"], false),
    /^write 1 was acknowledged, and is missing/,
  );
  assertOne(
    checkSequence(writes(yes, perhaps), ["0", "1", "1"], false),
    /^write 1 is there 2 times/,
  );
  assertOne(checkSequence(writes(yes, yes), ["1", "0"], false), /^write 0 is behind write 1/);
  assertOne(checkSequence(writes(yes, no), ["0", "1"], false), /^write 1 was rejected/);
  assertOne(checkSequence(writes(yes), ["0", "x"], false), /"x" was never written/);
});

Deno.test("a counter is between what was acknowledged and what may be executed", () => {
  const two = [{ fate: yes, reply: 1 }, { fate: yes, reply: 2 }];
  assertEquals(checkCounter(two, 2, { ordered: true }), []);
  assertEquals(checkCounter([...two, { fate: perhaps }], 3), []);
  assertOne(checkCounter(two, 3), /^it is 3: more than 2 acknowledged \+ 0 maybe/);
  assertOne(checkCounter([{ fate: yes }, { fate: yes }], 1), /^it is 1: less than 2 acknowledged/);
  assertOne(checkCounter([two[0], two[0]], 2), /1 came more than once/);
  assertOne(checkCounter([two[1], two[0]], 2, { ordered: true }), /do not ascend/);
  assertEquals(checkCounter([two[1], two[0]], 2), []);
  assertOne(checkCounter([two[0], { fate: perhaps }, { fate: yes, reply: 9 }], 3), /from 1 to 3/);
});

Deno.test("a queue loses no more than pops may have taken, and gives nothing twice", () => {
  const record = {
    pushed: writes(yes, yes, perhaps),
    popped: [["0"]],
    uncertainPops: 0,
    left: ["1"],
  };
  assertEquals(checkQueue(record, false), []);
  assertEquals(checkQueue({ ...record, left: [], uncertainPops: 1 }, false), []);
  assertOne(checkQueue({ ...record, left: [] }, false), /^1 acknowledged pushes are missing \(1\)/);
  assertOne(checkQueue({ ...record, popped: [["0"], ["1"]] }, false), /^push 1 was taken 2 times/);
  assertOne(
    checkQueue({ ...record, popped: [["1", "0"]], left: [] }, false),
    /push 0 behind push 1/,
  );
  assertOne(checkQueue({ ...record, left: ["1", "x"] }, false), /the list has the element "x"/);
  assertOne(
    checkQueue({ ...record, pushed: writes(yes, yes, no), popped: [["0", "2"]] }, false),
    /^push 2 was rejected as not executed, and consumer 0 has it/,
  );
});

Deno.test("keys that change together, scans and owners", () => {
  assertEquals(checkTogether([null, null]), []);
  assertOne(checkTogether(["a", null]), /"a", null/);
  assertEquals(checkScan(["a", "b"], new Set(["b", "c", "a"])), []);
  assertOne(checkScan(["a", "b"], new Set(["b"])), /^1 of 2 were not yielded: a/);
  assertEquals(checkOwner("a", "a=1"), []);
  assertEquals(checkOwner("a", null), []);
  assertOne(checkOwner("a", "b=1"), /belongs to another key/);
});

Deno.test("the order of writes counts, unless some were held back while their keys moved", () => {
  const [first, second] = [{ value: "0", fate: "acknowledged" }, {
    value: "1",
    fate: "acknowledged",
  }] as const;
  assertEquals(checkSequence([first, second], ["1", "0"], false).length, 1);
  assertEquals(checkSequence([first, second], ["1", "0"], false, "any"), []);
  assertEquals(checkSequence([first, second], ["1"], false, "any").length, 1);
  const record = { pushed: [first, second], popped: [["1", "0"]], uncertainPops: 0, left: [] };
  assertEquals(checkQueue(record, false).length, 1);
  assertEquals(checkQueue(record, false, "any"), []);
  assertEquals(checkLastWrite([first, second], "0", false).length, 1);
  assertEquals(checkLastWrite([first, second], "0", false, "any"), []);
  const log = new FaultLog();
  log.begin("slow network", "cluster", { delaying: true }, 0);
  assertEquals(log.scrambling("cluster", 0, 10), false);
  log.begin("slots moved", "cluster", { moving: true }, 5);
  assertEquals(log.scrambling("cluster", 0, 10), true);
  assertEquals(log.scrambling("standalone", 0, 10), false);
});
