import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Adapter } from "../../bench/peers/clients/adapter.ts";
import { drive } from "../../bench/peers/clients/drive.ts";
import { BIG_KEYS, BIG_VALUES, KEYS, LIST_ITEMS, VALUES } from "../../bench/peers/data.ts";
import { type RequestWorkload, workloadNamed, WORKLOADS } from "../../bench/peers/workloads.ts";

const MILLISECONDS = 20;

function requestsNamed(name: string): RequestWorkload {
  const workload = workloadNamed(name);
  assert(workload.measures === "requests");
  return workload;
}

/** Replies come in a later turn, as from a socket: else timers would never get theirs. */
function reply<T>(value: T): Promise<T> {
  return new Promise((resolve) => setImmediate(resolve, value));
}

/** Answers as a server with the right data would; `faults` takes the place of single commands. */
function fakeClient(faults: Partial<Adapter> = {}): Adapter {
  const data = new Map<string, string>();
  KEYS.forEach((key, i) => data.set(key, VALUES[i]));
  BIG_KEYS.forEach((key, i) => data.set(key, BIG_VALUES[i]));
  return {
    get: (key) => reply(data.get(key) ?? null),
    set: (key, value) => reply((data.set(key, value), "OK")),
    mget: (keys) => reply(keys.map((key) => data.get(key) ?? null)),
    lrange: () => reply([...LIST_ITEMS]),
    close: () => {},
    ...faults,
  };
}

for (const workload of WORKLOADS) {
  if (workload.measures !== "requests") continue;
  Deno.test(`drive() counts and times the requests of ${workload.name}`, async () => {
    const { opsPerSec, p50Us, p99Us, cpuUsPerOp, rssMb } = await drive(
      workload,
      fakeClient(),
      MILLISECONDS,
    );
    assert(opsPerSec > 0);
    assert(p50Us! > 0 && p99Us! >= p50Us!);
    assert(cpuUsPerOp! > 0);
    assert(rssMb! > 1);
  });
}

/** A copy that differs in one place, neither at the begin nor at the end. */
function spoilt(values: readonly string[]): string[] {
  return values.with(Math.floor(values.length / 2) + 1, "something else");
}

const faults: { name: string; workload: string; faults: Partial<Adapter> }[] = [
  { name: "a missing value", workload: "c100", faults: { get: () => reply(null) } },
  {
    name: "somebody else's value",
    workload: "c10",
    faults: { get: () => reply(VALUES[0]) },
  },
  { name: "a refused write", workload: "seq", faults: { set: () => reply(null) } },
  {
    name: "a wrong value in a burst",
    workload: "burst1000",
    faults: { get: () => reply("") },
  },
  {
    name: "a large value with a wrong byte",
    workload: "get1MiB",
    faults: {
      get: (key) => {
        const value = BIG_VALUES[BIG_KEYS.indexOf(key)];
        return reply(`${value.slice(0, 500_000)}#${value.slice(500_001)}`);
      },
    },
  },
  {
    name: "a wrong item in a list",
    workload: "lrange1000",
    faults: { lrange: () => reply(spoilt(LIST_ITEMS)) },
  },
  {
    name: "a wrong value among many",
    workload: "mget100",
    faults: { mget: (keys) => reply(spoilt(keys)) },
  },
];

for (const { name, workload, faults: fault } of faults) {
  Deno.test(`drive() rejects ${name}`, async () => {
    const run = drive(requestsNamed(workload), fakeClient(fault), MILLISECONDS);
    await assertRejects(() => run, Error, "is wrong");
  });
}

Deno.test("drive() rejects writes that did not reach the server", async () => {
  const client = fakeClient({
    set: () => reply("OK"),
    get: () => reply("what was there before"),
  });
  await assertRejects(
    () => drive(requestsNamed("set1MiB"), client, MILLISECONDS),
    Error,
    "does not have what was written",
  );
});

Deno.test("drive() rejects with the client's own error", async () => {
  const client = fakeClient({ get: () => Promise.reject(new Error("Connection is gone")) });
  await assertRejects(
    () => drive(requestsNamed("c100"), client, MILLISECONDS),
    Error,
    "Connection is gone",
  );
});

Deno.test("four of five small requests read, one writes, over all keys", () => {
  const requests = { get: 0, set: 0 };
  const keys = new Set<string>();
  const client = fakeClient({
    get: (key) => (requests.get++, keys.add(key), Promise.resolve()),
    set: (key) => (requests.set++, keys.add(key), Promise.resolve()),
  });
  const { send } = requestsNamed("c100");
  for (let n = 0; n < 60_000; n++) send(client, n);
  assertEquals(requests, { get: 48_000, set: 12_000 });
  assert(keys.size > 9_000, `${keys.size} keys`);
});
