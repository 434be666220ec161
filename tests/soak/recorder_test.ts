import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { FaultLog } from "./fault_log.ts";
import { Recorder } from "./recorder.ts";
import { StallMeter } from "./stall_meter.ts";
import { ConnectionError, TimeoutError } from "../../mod.ts";

const where = "test";
/** Factor for short bounds of time. */
const HASTY = 0.05;
const unsent = new ConnectionError("Refused", { host: "localhost", port: 1 });

/** A recorder, and what it notes while something is performed. */
async function noted(
  act: (recorder: Recorder, faults: FaultLog) => Promise<unknown>,
  patience = 1,
): Promise<Record<string, number>> {
  using stalls = new StallMeter();
  const faults = new FaultLog();
  const recorder = new Recorder("target", faults, stalls, patience);
  await act(recorder, faults);
  return Object.fromEntries(recorder.counts);
}

Deno.test("success in time is no violation", async () => {
  const counts = await noted(async (recorder) => {
    const { fate, value } = await recorder.perform("GET", 100, () => Promise.resolve(1), { where });
    assertEquals([fate, value], ["acknowledged", 1]);
    assertEquals(recorder.kinds.get("GET")?.latencies.count, 1);
  });
  assertEquals(counts, {});
});

Deno.test("what settles long after its budget is late, unless the process stood still", async () => {
  const late = (recorder: Recorder) =>
    recorder.perform("GET", 1, () => delay(300).then(() => 1), { where });
  assertEquals(await noted(late, HASTY), { "settles late": 1 });
  const blocked = (recorder: Recorder) =>
    recorder.perform("GET", 1, () => {
      const end = performance.now() + 300;
      while (performance.now() < end);
      return Promise.resolve(1);
    }, { where });
  assertEquals(await noted(blocked, HASTY), {});
});

Deno.test("what never settles is reported once", async () => {
  const counts = await noted(async (recorder) => {
    recorder.perform("GET", 1, () => new Promise(() => {}), { where });
    assertEquals(recorder.pending, 1);
    await delay(100);
    recorder.reportPending(0);
    recorder.reportPending(0);
    assertEquals(recorder.pending, 0);
  }, HASTY);
  assertEquals(counts, { pends: 1 });
});

Deno.test("a timeout before its time is a violation", async () => {
  const error = new TimeoutError("Late", { phase: "sent", timeout: 300 });
  const counts = await noted((recorder) =>
    recorder.perform("GET", 300, () => Promise.reject(error), { where })
  );
  assertEquals(counts, { "times out early": 1 });
});

Deno.test("an error of nobody is a violation", async () => {
  const counts = await noted((recorder) =>
    recorder.perform("GET", 300, () => Promise.reject(new Error("Strange")), { where })
  );
  assertEquals(counts, { "rejects with a stranger": 1 });
});

Deno.test("requests with a usual timeout fail only while there are faults that are not gentle", async () => {
  const fail = (recorder: Recorder) =>
    recorder.perform("GET", 2000, () => Promise.reject(unsent), { where });
  assertEquals(await noted(fail), { "fails without a fault": 1 });
  assertEquals(
    await noted((recorder, faults) => {
      faults.begin("slow network", "target", { gentle: true });
      return fail(recorder);
    }),
    { "fails during a gentle fault": 1 },
  );
  assertEquals(
    await noted((recorder, faults) => {
      faults.begin("event loop blocked", "process", { gentle: true });
      return fail(recorder);
    }),
    { "blames the server for a busy process": 1 },
  );
  assertEquals(
    await noted((recorder, faults) => {
      faults.begin("all connections cut", "target", {});
      return fail(recorder);
    }),
    {},
  );
});
