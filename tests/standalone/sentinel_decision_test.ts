import { assert, assertEquals } from "@std/assert";
import type { SentinelAnswer } from "../../standalone/sentinel_answer.ts";
import { agree, decide } from "../../standalone/sentinel_decision.ts";

/** An answer of one of three sentinels. */
function says(port: number | undefined, epoch: number, more: Partial<SentinelAnswer> = {}) {
  return {
    id: undefined,
    primary: port === undefined ? undefined : { host: "h", port },
    down: undefined,
    epoch,
    replicas: [],
    doubtful: [],
    sentinels: [],
    voters: 3,
    ...more,
  };
}

/** Ports of the candidates. */
function candidates(answers: SentinelAnswer[], followed?: number, port = 9): number[] {
  const present = followed === undefined ? null : { host: "h", port, epoch: followed };
  return decide(answers, present).candidates.map(({ port }) => port);
}

Deno.test("decide() takes the highest epoch before the majority", () => {
  assertEquals(candidates([says(1, 4), says(1, 4), says(2, 5)]), [2, 1]);
  assertEquals(decide([says(1, 4), says(2, 5)], null).candidates, [{
    host: "h",
    port: 2,
    epoch: 5,
  }]);
});

Deno.test("decide() takes the majority of those with the highest epoch, and the others as the next", () => {
  assertEquals(candidates([says(1, 4), says(2, 4), says(2, 4)]), [2, 1]);
  assertEquals(candidates([says(1, 4), says(2, 4)]), [1, 2]);
});

Deno.test("decide() does not believe a stale minority, also if the others see their primary down", () => {
  assertEquals(candidates([says(1, 4), says(2, 5), says(2, 5)]), [2]);
  const down = { down: "o_down" };
  assertEquals(candidates([says(1, 4), says(2, 5, down), says(2, 5, down)]), []);
  assertEquals(candidates([says(2, 5, down), says(2, 5)]), [2]);
});

Deno.test("decide() does not go back behind the epoch that was followed, unless most sentinels say so", () => {
  assertEquals(candidates([says(1, 4)], 5), []);
  assertEquals(candidates([says(1, 5)], 5), [1]);
  // They were set up anew.
  assertEquals(candidates([says(1, 0), says(1, 0)], 5), [1]);
});

Deno.test("decide() puts the present primary before another one with an equal claim", () => {
  assertEquals(candidates([says(1, 4), says(2, 4)], 4, 2), [2, 1]);
  assertEquals(candidates([says(1, 4), says(1, 4), says(2, 4)], 4, 2), [1, 2]);
});

Deno.test("decide() ignores sentinels that know no such name", () => {
  assertEquals(candidates([says(undefined, 0), says(1, 3)]), [1]);
  assertEquals(candidates([says(undefined, 0)]), []);
  assertEquals(candidates([]), []);
});

Deno.test("decide() takes the replicas that one of the winners sees, and no others", () => {
  const at = (port: number) => ({ host: "h", port });
  const decision = decide([
    says(1, 4, { replicas: [at(7)] }),
    says(2, 5, { replicas: [at(8), at(9)], doubtful: [at(6)] }),
    says(2, 5, { replicas: [at(9)], down: "s_down", doubtful: [at(5)] }),
  ], null);
  assertEquals(decision.replicas, [at(8), at(9)]);
  assertEquals(decision.doubtful, [at(6), at(5)]);
});

Deno.test("agree() compares primaries, epochs and replicas", () => {
  const one = decide([says(1, 4)], null);
  assert(agree(one, decide([says(1, 4), says(1, 4)], null)));
  assert(!agree(one, decide([says(1, 4, { replicas: [{ host: "h", port: 2 }] })], null)));
  assert(!agree(one, decide([says(1, 5)], null)));
  assert(!agree(one, decide([says(2, 4)], null)));
});
