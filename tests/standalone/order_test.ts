/** Requests that wait for another try keep the order of their calls. */

import { assertEquals } from "@std/assert";
import { ServerError } from "../../standalone/mod.ts";
import { simple, startFakeServer } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";

Deno.test("un-awaited writes that are refused are executed in the order of their calls", async () => {
  let refusals = 0;
  const executed: string[] = [];
  await using fake = await startFakeServer({
    SET: ({ args }) => {
      if (refusals-- > 0) return new ServerError("LOADING Redis is loading the dataset in memory");
      executed.push(args[2]);
      return simple("OK");
    },
  });
  await using client = await connect(fake, { requestTimeout: 10_000 });
  for (let round = 0; round < 60; round++) {
    refusals = 10 + round % 4;
    executed.length = 0;
    const writes = Array.from({ length: 10 }, (_, i) => client.set("k", i));
    await until("the first was refused", () => Promise.resolve(refusals < 10));
    // Another key as well: the server is the same.
    writes.push(client.set("other", "last"));
    assertEquals(await Promise.all(writes), Array(11).fill("OK"));
    assertEquals(executed, [...Array.from({ length: 10 }, (_, i) => String(i)), "last"]);
  }
});
