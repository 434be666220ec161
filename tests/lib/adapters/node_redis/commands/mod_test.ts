import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { createClient, createCluster } from "npm:redis@5.12.1";
import commands from "npm:@redis/client@5.12.1/dist/lib/commands/index.js";
import { NodeRedisFacade } from "../../../../../lib/adapters/node_redis/mod.ts";
import { METHODS, MISSING } from "../../../../../lib/adapters/node_redis/commands/mod.ts";
import { startCluster, startServer } from "../../../../../lib/testing/mod.ts";
import { RedisClient, RedisClusterClient } from "../../../../../mod.ts";
import { type Call, CALLS, SERVER_CALLS, VARYING } from "./_calls.ts";

/** An object with methods. */
// deno-lint-ignore no-explicit-any
type Caller = any;

/** What a call has come to: a value, or the text of an error. */
async function outcomeOf(caller: Caller, [name, ...args]: Call): Promise<unknown> {
  try {
    return { value: ordered(await caller[name](...args), name) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** Methods that answer in the order of a hash table, which each Redis server seeds by itself. */
const UNORDERED = ["aclCat"];

/** What a method answered, in an order that does not depend on the server. */
function ordered(value: unknown, name: string): unknown {
  return UNORDERED.includes(name) && Array.isArray(value)
    ? value.toSorted((a, b) => String(a) < String(b) ? -1 : 1)
    : value;
}

async function outcomesOf(caller: Caller, calls: readonly Call[]): Promise<unknown[]> {
  const outcomes: unknown[] = [];
  for (const call of calls) outcomes.push(await outcomeOf(caller, call));
  return outcomes;
}

/** Asserts that a value is the same, also its prototype. */
function assertSame(actual: unknown, expected: unknown, call: Call): void {
  const what = `${call[0]}(${JSON.stringify(call.slice(1))})`;
  assertEquals(actual, expected, what);
  assertPrototypes(actual, expected, what);
}

function assertPrototypes(actual: unknown, expected: unknown, what: string): void {
  if (typeof expected !== "object" || expected === null) return;
  assertStrictEquals(Object.getPrototypeOf(actual), Object.getPrototypeOf(expected), what);
  for (const name of Object.keys(expected)) {
    const at = (value: unknown): unknown => (value as Record<string, unknown>)[name];
    assertPrototypes(at(actual), at(expected), `${what} ${name}`);
  }
}

function assertSameOutcomes(
  actual: readonly unknown[],
  expected: readonly unknown[],
  calls: readonly Call[],
): void {
  for (const [i, call] of calls.entries()) assertSame(actual[i], expected[i], call);
}

/** Coordinates as numbers: in RESP3 they are no text, and have fewer digits. */
function withNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNumbers);
  if (typeof value === "string" && /^\d+\.\d{9,}$/.test(value)) return Number(value);
  if (typeof value !== "object" || value === null || value instanceof Buffer) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, withNumbers(item)]);
  return Object.setPrototypeOf(Object.fromEntries(entries), Object.getPrototypeOf(value));
}

/** Methods that answer null at once in a transaction, or wait in a pipeline. */
const BLOCKING = ["blPop", "bzPopMin", "xRead", "xReadGroup"];

/** The kind of each part of a value. */
function kindOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(kindOf);
  return value === null || value instanceof Buffer ? String(value && "buffer") : typeof value;
}

Deno.test("the methods are those of node-redis, by both of their names", () => {
  const theirs = commands as unknown as { default: Record<string, unknown> };
  const all = theirs.default ?? commands as Record<string, unknown>;
  const names = Object.keys(all).filter((name) => /[a-z]/.test(name));
  const extra = ["watch", "unwatch", "discard", "monitor", "select", "reset", "createPool"];
  const ours = [...Object.keys(METHODS), ...MISSING.keys()];
  assertEquals(
    ours.filter((name) => !names.includes(name)).sort(),
    [...extra, "failover", "legacy"].sort(),
  );
  assertEquals(names.filter((name) => !ours.includes(name)), []);
  const others = Object.entries(METHODS).filter(([name, method]) => all[name] !== all[method.name]);
  // node-redis misspells the other name: CONFIG_RESETASTAT.
  assertEquals(others.map(([name]) => name), ["configResetStat"]);
  const called = new Set([...CALLS, ...SERVER_CALLS, ...VARYING].map(([name]) => name));
  assertEquals(Object.keys(METHODS).filter((name) => !called.has(name)), []);
});

Deno.test("calls answer what they answer on node-redis", async () => {
  await using server = await startServer();
  const calls = [...CALLS, ...SERVER_CALLS];
  const redis = await createClient({ url: server.url }).connect();
  const expected = await outcomesOf(redis, calls);
  const kinds = (await outcomesOf(redis, VARYING)).map(kindOf);
  await using client2 = await RedisClient.create({ ...configurationOf(server), protocol: 2 });
  await using client3 = await RedisClient.create({ ...configurationOf(server), protocol: 3 });
  const overResp3 = new Set([new NodeRedisFacade(client3)]);
  for (
    const facade of [
      new NodeRedisFacade(RedisClient, server.url),
      new NodeRedisFacade(client2),
      ...overResp3,
    ]
  ) {
    await facade.connect();
    const outcomes = await outcomesOf(facade, calls);
    assertSameOutcomes(outcomes.map(withNumbers), expected.map(withNumbers), calls);
    if (!overResp3.has(facade)) assertSameOutcomes(outcomes, expected, calls);
    assertEquals((await outcomesOf(facade, VARYING)).map(kindOf), kinds);
    await facade.close();
  }
  await redis.close();
});

Deno.test("calls answer buffers where they do on node-redis", async () => {
  await using server = await startServer();
  const redis = await createClient({ url: server.url }).connect();
  const mapping = { 36: Buffer };
  // Its cursors are buffers as well, and it leaves entries of XINFO STREAM as they are.
  const calls = CALLS.filter(([name]) => !/scan|xInfoStream/i.test(name));
  const expected = await outcomesOf(redis.withTypeMapping(mapping), calls);
  const facade = await new NodeRedisFacade(RedisClient, server.url).connect();
  await facade.flushAll();
  const view = facade.withTypeMapping(mapping);
  assertSameOutcomes(await outcomesOf(view, calls), expected, calls);
  assertEquals(await view.hScan("{k}h1", "0"), {
    cursor: "0",
    entries: [{ field: Buffer.from("f"), value: Buffer.from("v") }],
  });
  await facade.close();
  await redis.close();
});

Deno.test("chains answer what they answer on node-redis", async () => {
  await using server = await startServer();
  const redis = await createClient({ url: server.url }).connect();
  const facade = await new NodeRedisFacade(RedisClient, server.url).connect();
  const alone = await outcomesOf(redis, CALLS) as { error?: string }[];
  const calls = CALLS.filter(([name], i) =>
    !/^ERR (unknown command|wrong number)/.test(alone[i].error ?? "") && !BLOCKING.includes(name)
  );
  const outcomes = [];
  for (const caller of [redis, facade] as Caller[]) {
    await caller.flushAll();
    const chain = (some: readonly Call[]): Caller =>
      some.reduce((chain, [name, ...args]) => chain[name](...args), caller.multi());
    const failed = await chain(calls).exec().catch((error: unknown) => error);
    await caller.flushAll();
    const first = calls.slice(0, 10);
    outcomes.push([
      failed.replies.map((reply: unknown) => reply instanceof Error ? reply.message : reply),
      failed.errorIndexes,
      [...failed.errors()].length,
      await chain(first).exec(),
      await chain(first).exec(true),
      await chain(first).execTyped(),
      await chain(first).EXEC(),
      await chain(first).execAsPipelineTyped(),
      await caller.MULTI().PING().exec(),
      await caller.multi().exec(),
      await caller.multi().execAsPipeline(),
      await caller.multi().addCommand(["ECHO", "a"], (text: string) => text + "b").exec(),
      await caller.multi().sendCommand(["ECHO", "a"]).exec(),
      await caller.multi().hSet("{k}s", "f", "v").exec().catch((e: Caller) => e.errorIndexes),
      await caller.multi().hSet("{k}s", "f", "v").execAsPipeline().catch((e: Caller) => e.message),
      await caller.multi().sendCommand(["NONE"]).exec().catch((e: Caller) => e.message),
      await caller.multi().ping().sendCommand(["NONE"]).exec().catch((e: Caller) => e.message),
    ]);
  }
  assertEquals(outcomes[1], outcomes[0]);
  await facade.close();
  await redis.close();
});

// Timers of node-redis go on after it is closed.
const inCluster = { sanitizeOps: false, sanitizeResources: false };

Deno.test("calls answer what they answer on node-redis, in a cluster", inCluster, async () => {
  await using cluster = await startCluster({ shards: 3 });
  const [{ host, port }] = cluster.nodes;
  const redis = await createCluster({ rootNodes: [{ url: `redis://${host}:${port}` }] }).connect();
  const expected = await outcomesOf(redis, CALLS);
  const url = `redis://${host}:${port}`;
  await using client = await RedisClusterClient.create(url);
  for (
    const facade of [new NodeRedisFacade(RedisClusterClient, url), new NodeRedisFacade(client)]
  ) {
    await client.flushall();
    await facade.connect();
    const outcomes = await outcomesOf(facade, CALLS);
    assertSameOutcomes(outcomes.map(withNumbers), expected.map(withNumbers), CALLS);
    const masters = (caller: Caller) =>
      caller.masters.map(({ address }: { address: string }) => address).sort();
    assertEquals(masters(facade), masters(redis));
    assertEquals(facade.slots.length, redis.slots.length);
    assert(facade.nodeClient(facade.masters[0]).isReady);
    await facade.close();
  }
  await redis.close();
});

function configurationOf({ host, port }: { host: string; port: number }) {
  return { addresses: [{ host, port }] };
}
