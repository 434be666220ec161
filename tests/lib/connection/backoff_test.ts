import { assert, assertEquals } from "@std/assert";
import { cappedBackoff, waitBefore } from "../../../lib/connection/backoff.ts";

const backoff = { minTimeout: 10, maxTimeout: 3000, multiplier: 2, jitter: 1 };
const steady = { ...backoff, jitter: 0 };

Deno.test("the first connection, and a lost one for which requests wait, are opened at once", () => {
  for (const waited of [false, true]) {
    assertEquals(waitBefore({ failures: 0, waited, lost: false }, backoff, 1), 0);
  }
  assertEquals(waitBefore({ failures: 0, waited: true, lost: true }, backoff, 1), 0);
});

Deno.test("a lost connection for which nobody waits is opened again at a random time", () => {
  const situation = { failures: 0, waited: false, lost: true };
  assertEquals([0, 0.5, 1].map((random) => waitBefore(situation, backoff, random)), [0, 50, 100]);
  assertEquals(waitBefore(situation, { ...backoff, jitter: 0.5 }, 1), 50);
  assertEquals(waitBefore(situation, steady, 1), 0);
});

Deno.test("attempts after a failed one are spread over 100 ms or more, as far as the jitter allows", () => {
  for (const waited of [false, true]) {
    for (const failures of [1, 2, 3, 4]) {
      const waits = [0, 0.25, 0.5, 0.75, 1].map((random) =>
        waitBefore({ failures, waited, lost: true }, backoff, random)
      );
      assertEquals(waits, [100, 75, 50, 25, 0]);
    }
  }
});

Deno.test("without jitter the waits are exactly those of the strategy", () => {
  const waits = [1, 2, 3, 4, 9, 10, 1000].map((failures) =>
    waitBefore({ failures, waited: false, lost: true }, steady)
  );
  assertEquals(waits, [10, 20, 40, 80, 2560, 3000, 3000]);
});

Deno.test("while requests wait no wait is longer than 200 ms", () => {
  for (let failures = 1; failures < 2000; failures++) {
    const wait = waitBefore({ failures, waited: true, lost: true }, backoff, 0);
    assert(wait >= 100 && wait <= 200, `${wait} ms`);
  }
  assertEquals(
    waitBefore({ failures: 3, waited: true, lost: true }, { ...steady, minTimeout: 0 }),
    0,
  );
});

Deno.test("a capped backoff has no longer wait, and no shorter one than before", () => {
  assertEquals(cappedBackoff(steady, 150), { ...steady, maxTimeout: 150 });
  assertEquals(cappedBackoff(steady, 5), { ...steady, minTimeout: 5, maxTimeout: 5 });
  assertEquals(cappedBackoff(steady, 9000), steady);
});
