/**
 * The workers must notice a client that breaks its promises: each is run with one that does, and with one that does not.
 */

import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { OverloadError, type RedisClient } from "../../mod.ts";
import { startServer } from "../../lib/testing/mod.ts";
import { Random } from "../examples/demo/random.ts";
import { connect } from "../standalone/_connect.ts";
import { FaultLog } from "./fault_log.ts";
import { Recorder } from "./recorder.ts";
import { Round, type RoundContext } from "./round.ts";
import { StallMeter } from "./stall_meter.ts";
import type { Target } from "./target.ts";
import { LIMITED_WORKERS, WORKERS } from "./workers/mod.ts";
import { LIMIT } from "./workers/overloads.ts";

const server = await startServer();
server.unref();

/** Breaks a promise: called instead of methods of the client, with the client and the arguments. */
// deno-lint-ignore no-explicit-any
type Sabotage = Record<string, (client: any, ...args: any[]) => unknown>;

/** Rounds until a broken promise has to show. */
const ROUNDS = 12;

/** What workers must notice: the name of the worker, the rule, and how the client breaks it. */
const SABOTAGES: readonly [worker: string, rule: string, sabotage: Sabotage][] = [
  ["sets", "the last acknowledged write wins", { set: () => Promise.resolve("OK") }],
  ["sets", "the last acknowledged write wins", {
    // Some are overtaken.
    set: async (client, key, value) => {
      if (Number(value.split("=")[1]) % 3 === 0) await delay(15);
      return await client.set(key, value);
    },
  }],
  ["sets", "the last acknowledged write wins", {
    set: (client, key, value) =>
      client.set(key, value).then(() => {
        throw new TypeError("Not executed");
      }),
  }],
  ["appends", "appends are there once and in order", {
    rpush: (client, key, value) => client.rpush(key, [value, value]),
    append: (client, key, value) => client.append(key, value).then(() => client.append(key, value)),
  }],
  ["appends", "appends are there once and in order", {
    // The arguments are taken later.
    rpush: (client, key, value) => Promise.resolve().then(() => client.rpush(key, value)),
    append: (client, key, value) => Promise.resolve().then(() => client.append(key, value)),
  }],
  ["counters", "increments are executed once", {
    incr: (client, key) => client.incr(key).then(() => client.incr(key)),
  }],
  ["counters", "increments are executed once", { incr: () => Promise.resolve(1) }],
  ["transactions", "transactions are all or nothing", {
    transaction: (client, build) => client.transaction((t: unknown) => build(t).slice(0, 2)),
    mget: (client, keys) => client.mget(keys).then(([a]: string[]) => [a, null]),
  }],
  ["transactions", "transactions are executed once", {
    transaction: (client, build) => {
      client.transaction(build).catch(() => {});
      return client.transaction(build);
    },
  }],
  ["transactions", "refused elements reject", {
    transaction: (client, build) => client.transaction(build).catch(() => ["OK", 1, "OK"]),
  }],
  ["watchers", "watched increments are not lost", {
    watch: async (client, _, work) => {
      await delay(2);
      return await work(client);
    },
  }],
  ["batches", "batches keep their order", {
    batch: (client, build) => client.batch(build).then((values: unknown[]) => values.toReversed()),
  }],
  ["batches", "refused elements reject", {
    batch: (client, build, options) => {
      const values = client.batch(build, { errors: "values" });
      return options ? values.then(([a]: unknown[]) => [a, "OK", "OK"]) : values;
    },
  }],
  ["queues", "queues lose nothing and give nothing twice", {
    blpop: async (client, key, timeout) => {
      await client.lpop(key);
      return await client.blpop(key, timeout);
    },
  }],
  ["queues", "queues lose nothing and give nothing twice", {
    rpush: (client, key, value) => client.rpush(key, [value, value]),
  }],
  ["scripts", "scripts are executed once", {
    eval: (client, source, call) =>
      client.eval(source, call).catch(() => client.eval(source, call)),
    run: (client, script, call) => client.run(script, call).catch(() => client.run(script, call)),
  }],
  ["scripts", "errors of scripts reach the caller", {
    eval: (client, source, call) => client.eval(source, call).catch(() => 1),
  }],
  ["scans", "scans yield what is there", {
    scanIterator: async function* (client, options) {
      for await (const key of client.scanIterator(options)) if (!key.endsWith("7")) yield key;
    },
    hscanIterator: async function* (client, key, options) {
      for await (const pair of client.hscanIterator(key, options)) {
        if (!pair[0].endsWith("7")) yield pair;
      }
    },
  }],
  ["storms", "replies reach their callers", {
    get: (client, key) => client.get(key.replace(/:\d+$/, ":1")),
  }],
  ["storms", "settles late", {
    get: async (client, key) => {
      await delay(400);
      return await client.get(key);
    },
  }],
  ["splits", "the last acknowledged write wins", {
    mset: (client, entries) => client.mset(Object.fromEntries(Object.entries(entries).slice(1))),
  }],
  ["lifetimes", "settles late", { close: (client) => delay(3000).then(() => client.close()) }],
  ["overloads", "the limit of requests in flight is kept", {
    set: (client, key, value) =>
      value.endsWith("1")
        ? client.set(key, value)
        : Promise.reject(new OverloadError("Refused", LIMIT)),
  }],
];

/** The client, but for the methods that are sabotaged, on all of its views. */
function sabotaged(client: RedisClient, sabotage: Sabotage): RedisClient {
  return new Proxy(client, {
    get(_, name) {
      if (name === "with") {
        return (options: Parameters<RedisClient["with"]>[0]) =>
          sabotaged(client.with(options), sabotage);
      }
      const broken = typeof name === "string" ? sabotage[name] : undefined;
      if (broken !== undefined) return (...args: unknown[]) => broken(client, ...args);
      const value = Reflect.get(client, name, client);
      return typeof value === "function" ? value.bind(client) : value;
    },
  });
}

/** Runs rounds of a worker until a rule is broken, or there have been enough. */
async function rulesBroken(name: string, sabotage: Sabotage, until?: string): Promise<string[]> {
  const limit = LIMITED_WORKERS.some((worker) => worker.name === name) ? LIMIT : undefined;
  await using client = await connect(server, { inflightRequestsLimit: limit });
  const keys = Array.from({ length: 40 }, (_, i) => `stable:${i}`);
  await client.mset(Object.fromEntries(keys.map((key) => [key, `${key}=stable`])));
  const hash = "stable hash";
  await client.hset(hash, Object.fromEntries(keys.map((_, i) => [`field ${i}`, "stable"])));
  using stalls = new StallMeter();
  const faults = new FaultLog();
  // What works as it should is not the matter here.
  const recorder = new Recorder("target", faults, stalls, until === "settles late" ? 0.1 : 10);
  const context: RoundContext = {
    client: sabotaged(client, sabotage),
    target: {
      name: "target",
      tags: ["a", "b"],
      connect: async () => sabotaged(await connect(server), sabotage),
    } as Partial<Target> as Target,
    recorder,
    faults,
    noteRoles: () => Promise.resolve(),
    stable: { keys, hash },
    dependable: true,
  };
  const worker = [...WORKERS, ...LIMITED_WORKERS].find((worker) => worker.name === name)!;
  for (let n = 0; n < ROUNDS; n++) {
    await worker.run(new Round(context, `${name} ${n}`, new Random(n + 1)));
    if (until !== undefined && recorder.counts.has(until)) break;
  }
  return [...recorder.counts.keys()];
}

for (const { name } of [...WORKERS, ...LIMITED_WORKERS]) {
  if (name.endsWith("2")) continue;
  Deno.test(`${name}: a client that keeps its promises breaks no rule`, async () => {
    assertEquals(await rulesBroken(name, {}), []);
  });
}

for (const [i, [name, rule, sabotage]] of SABOTAGES.entries()) {
  Deno.test(`${name}: a client that breaks a promise is found out, ${rule} (${i})`, async () => {
    const broken = await rulesBroken(name, sabotage, rule);
    assert(broken.includes(rule), `noticed ${broken.join(", ") || "nothing"}`);
  });
}
