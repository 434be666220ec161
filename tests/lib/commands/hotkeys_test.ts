import { assertEquals, assertRejects } from "@std/assert";
import { lookUp } from "../../../lib/command_table/mod.ts";
import type { Argument } from "../../../lib/resp/mod.ts";
import { Answering } from "../../_kit/answering.ts";

// The servers that tests run on are older: calls and replies are those of the public documentation of Redis 8.6
// (https://redis.io/docs/latest/commands/hotkeys-start/ and …/hotkeys-get/).

Deno.test("hotkeysStart() sends what to measure", async () => {
  const client = new Answering().answer("OK");
  const options = { cpu: true, net: true, count: 5, duration: 60, sample: 10, slots: [1, 2] };
  assertEquals(await client.hotkeysStart(options), "OK");
  assertEquals(client.words, [
    ...["HOTKEYS", "START", "METRICS", 2, "CPU", "NET", "COUNT", 5, "DURATION", 60, "SAMPLE", 10],
    ...["SLOTS", 2, 1, 2],
  ]);
  assertEquals(lookUp(client.words as Argument[])?.requestPolicy, "special");
  await assertRejects(() => client.hotkeysStart({ net: false }), TypeError, '"cpu" and "net"');
});

Deno.test("hotkeysGet(), hotkeysStop() and hotkeysReset() read the documented replies", async () => {
  const client = new Answering();
  assertEquals(await client.hotkeysGet(), null);
  const report = [
    ...["tracking-active", 1, "sample-ratio", 1, "selected-slots", []],
    ...["all-commands-all-slots-us", 220, "net-bytes-all-commands-all-slots", 200],
    ...["collection-start-time-unix-ms", 1769420604522, "collection-duration-ms", 6408],
    ...["total-cpu-time-user-ms", 3, "by-cpu-time-us", ["x", 104, "y", 98]],
  ];
  for (const reply of [report, [report]]) {
    const { figures, ...rest } = (await client.answer(reply).hotkeysGet())!;
    assertEquals(rest, {
      trackingActive: true,
      sampleRatio: 1,
      collectionStartTimeUnixMs: 1769420604522,
      collectionDurationMs: 6408,
      byCpuTimeUs: [{ key: "x", cost: 104 }, { key: "y", cost: 98 }],
    });
    assertEquals(figures["total-cpu-time-user-ms"], 3);
  }
  assertEquals(await client.answer("OK").hotkeysStop(), "OK");
  assertEquals(await client.answer("OK").hotkeysReset(), "OK");
});
