import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { Buffer } from "node:buffer";
import { commandOptions } from "npm:redis@4.7.1";
import { MultiErrorReply, NodeRedisFacade } from "../../../../lib/adapters/node_redis/mod.ts";
import { RESP_TYPES } from "../../../../lib/adapters/node_redis/mod.ts";
import { ClusterError, ConfigurationError, ServerError } from "../../../../lib/errors.ts";
import { startServer } from "../../../../lib/testing/mod.ts";
import { until } from "../../../../lib/testing/_poll.ts";
import { RedisClient } from "../../../../standalone/mod.ts";
import { onBothClients } from "../_both_clients.ts";

const CLOSED = "The client is closed";

onBothClients("a facade is opened, closed and opened again", async (_, ...making) => {
  const redis = new NodeRedisFacade(...making);
  const heard: string[] = [];
  for (const name of ["connect", "ready", "end"]) redis.on(name, () => heard.push(name));
  assertEquals([redis.isOpen, redis.isReady], [false, false]);
  await assertRejects(() => redis.get("k"), Error, CLOSED);
  await assertRejects(() => redis.multi().get("k").exec(), Error, CLOSED);
  await assertRejects(() => redis.subscribe("a", () => {}), Error, CLOSED);
  const opening = redis.connect();
  assertEquals([redis.isOpen, redis.isReady], [true, false]);
  // It waits for the connection.
  assertEquals(await redis.get("k"), null);
  assertStrictEquals(await opening, redis);
  assertStrictEquals(await redis.connect(), redis);
  assertEquals([redis.isOpen, redis.isReady], [true, true]);
  await redis.close();
  assertEquals([redis.isOpen, redis.isReady], [false, false]);
  await assertRejects(() => redis.get("k"), Error, CLOSED);
  await until("its end is told", () => Promise.resolve(heard.length === 3));
  assertEquals(heard, ["connect", "ready", "end"]);
  await redis.connect();
  const pop = redis.blPop("none", 0);
  redis.destroy();
  await assertRejects(() => pop, Error, CLOSED);
  assertEquals(redis.isOpen, false);
  await redis.disconnect();
  assertEquals(await redis.quit(), "OK");
  await redis[Symbol.asyncDispose]();
});

onBothClients("a facade of a given client leaves it open", async (client) => {
  const redis = new NodeRedisFacade(client);
  assertEquals(redis.isOpen, true);
  assertEquals(await redis.set("k", "v"), "OK");
  await redis.connect();
  const heard: string[] = [];
  await redis.subscribe("a", (message) => heard.push(message));
  const other = redis.duplicate();
  assertEquals(await other.get("k"), "v");
  await redis.close();
  await assertRejects(() => redis.get("k"), Error, CLOSED);
  assertEquals(await client.get("k"), "v");
  assertEquals(client.statistics.subscriptions.open, 0);
  await redis.connect();
  assertEquals(await redis.get("k"), "v");
  redis.destroy();
  assertEquals(await other.get("k"), "v");
  await client.close();
  await until("it has heard of the end", () => Promise.resolve(!other.isOpen));
  await assertRejects(() => other.get("k"), Error, CLOSED);
  assertThrows(() => new NodeRedisFacade({} as never), TypeError, "a RedisClient");
});

onBothClients("views have buffers, timeouts and signals", async (_, ...making) => {
  await using redis = await new NodeRedisFacade(...making).connect();
  await redis.set("{k}a", "v");
  await redis.hSet("{k}h", { f: "v" });
  const buffers = redis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  const value = await buffers.get("{k}a");
  assertInstanceOf(value, Buffer);
  assertEquals(value, Buffer.from("v"));
  assertEquals({ ...await buffers.hGetAll("{k}h") }, { f: Buffer.from("v") });
  assertEquals(await buffers.multi().get("{k}a").ping().exec(), [Buffer.from("v"), "PONG"]);
  assertEquals(await buffers.sendCommand(["GET", "{k}a"]), Buffer.from("v"));
  assertEquals(await redis.sendCommand(["GET", "{k}a"], { typeMapping: { 36: Buffer } }), value);
  for await (const page of buffers.scanIterator()) {
    for (const key of page) assertInstanceOf(key, Buffer);
  }
  const aborted = AbortSignal.abort(new Error("given up"));
  for (const view of [redis, buffers, redis.asap()]) {
    await assertRejects(() => view.withAbortSignal(aborted).get("{k}a"), Error, "given up");
    const chain = view.withCommandOptions({ abortSignal: aborted, asap: true }).multi();
    await assertRejects(() => chain.get("{k}a").exec(), Error, "given up");
    assertEquals(await view.withAbortSignal(AbortSignal.timeout(60_000)).exists("{k}a"), 1);
  }
  const short = redis.withCommandOptions({ timeout: 20 });
  await assertRejects(() => short.blPop("none", 0), Error, "20 ms");
  assertEquals(short.isReady, true);
  // Libraries may put a proxy around the client.
  const proxy = new Proxy(redis, {});
  assertEquals([proxy.isReady, await proxy.get("{k}a")], [true, "v"]);
  assertThrows(() => redis.withTypeMapping({ [RESP_TYPES.MAP]: Map }), TypeError, "type 37");
  assertThrows(() => redis.withCommandOptions({ slot: 1 } as never), TypeError, '"slot"');
});

onBothClients("each listener hears its channels", async (client, ...making) => {
  await using redis = await new NodeRedisFacade(...making).connect();
  const heard: unknown[][] = [];
  const listener = (...args: unknown[]): void => void heard.push(args);
  const other = (...args: unknown[]): void => void heard.push(["other", ...args]);
  await redis.subscribe(["a", "b"], listener);
  await redis.subscribe("a", listener);
  await redis.subscribe("a", other, true);
  await redis.pSubscribe("a*", other);
  await redis.sSubscribe("s", listener);
  assertEquals(redis.isPubSubActive, true);
  await client.publish("a", "text");
  await redis.sPublish("s", "sharded");
  await until("all are heard", () => Promise.resolve(heard.length === 4));
  assertEquals(heard.splice(0).map(String).sort(), [
    "other,text,a",
    "other,text,a",
    "sharded,s",
    "text,a",
  ]);
  assertEquals(await redis.get("k"), null);
  await redis.unsubscribe("a", listener);
  await redis.pUnsubscribe();
  await redis.sUnsubscribe("s");
  await client.publish("a", "2");
  await client.publish("b", "3");
  await until("both are heard", () => Promise.resolve(heard.length === 2));
  assertEquals(heard.find(([first]) => first === "other"), [
    "other",
    Buffer.from("2"),
    Buffer.from("a"),
  ]);
  await redis.UNSUBSCRIBE();
  assertEquals(redis.isPubSubActive, false);
  await assertRejects(() => redis.subscribe("a", undefined as never), TypeError, "a listener");
});

Deno.test("a refused subscription takes no listener away, and leaves no other subscription behind", async () => {
  await using own = await startServer();
  await own.command(["ACL", "SETUSER", "reader", "on", ">secret", "+@all", "resetchannels", "&a"]);
  const url = `redis://reader:secret@${own.host}:${own.port}`;
  await using redis = await new NodeRedisFacade(RedisClient, url).connect();
  const heard: string[] = [];
  const listener = (message: string): void => void heard.push(message);
  await redis.subscribe("a", listener);
  await assertRejects(() => redis.subscribe(["a", "b"], listener), ServerError, "NOPERM");
  await own.command(["PUBLISH", "a", "text"]);
  await until("it is heard", () => Promise.resolve(heard.length > 0));
  assertEquals(heard, ["text"]);
  await redis.unsubscribe();
  await assertRejects(() => redis.subscribe(["a", "b"], listener), ServerError, "NOPERM");
  assertEquals(redis.isPubSubActive, false);
  await until(
    "the server has no subscription",
    async () => (await own.command(["PUBLISH", "a", "text"])) === 0,
  );
});

onBothClients("iterations yield pages", async (client, ...making) => {
  await using redis = await new NodeRedisFacade(...making).connect();
  const names = Array.from({ length: 250 }, (_, i) => `found:${i}`).sort();
  await Promise.all(names.map((name) => client.set(name, 1)));
  await client.sadd("members", names);
  await client.hset("fields", Object.fromEntries(names.map((name) => [name, "1"])));
  await client.zadd("scores", names.map((member) => ({ member, score: 1 })));
  async function found<T>(pages: AsyncIterable<unknown[]>, name?: string): Promise<T[]> {
    const all = (await Array.fromAsync(pages)).flat() as Record<string, unknown>[];
    return [...new Set(all.map((item) => (name ? item[name] : item) as T))].sort();
  }
  const options = { MATCH: "found:*", COUNT: 50 };
  assertEquals(await found(redis.scanIterator(options)), names);
  assertEquals(await found(redis.scanIterator({ TYPE: "hash" })), ["fields"]);
  assertEquals(await found(redis.sScanIterator("members", options)), names);
  assertEquals(await found(redis.hScanIterator("fields", options), "field"), names);
  assertEquals(await found(redis.zScanIterator("scores"), "value"), names);
  assertEquals(await found(redis.hScanIterator("fields", { cursor: "0", MATCH: "no" })), []);
});

onBothClients("calls with the options of version 4 answer its pages", async (_, ...making) => {
  await using redis = await new NodeRedisFacade(...making).connect();
  const options = () => commandOptions({ signal: AbortSignal.timeout(10_000) });
  assertEquals(await redis.hSet(options(), "h", "f", "v"), 1);
  assertEquals(await redis.get(commandOptions({ returnBuffers: true }), "none"), null);
  assertEquals(
    await redis.hGet(commandOptions({ returnBuffers: true }), "h", "f"),
    Buffer.from("v"),
  );
  assertEquals(await redis.hScan(options(), "h", 0, { COUNT: 10 }), {
    cursor: 0,
    tuples: [{ field: "f", value: "v" }],
  });
  assertEquals(await redis.hDel({ isolated: true, ...options() }, "h", ["f"]), 1);
  const aborted = commandOptions({ signal: AbortSignal.abort(new Error("given up")) });
  await assertRejects(() => redis.get(aborted, "h"), Error, "given up");
});

onBothClients("what a facade cannot do is refused by name", async (_, ...making) => {
  await using redis = await new NodeRedisFacade(...making).connect();
  const missing = ["select", "watch", "monitor", "auth", "clientKill", "geoRadius", "vAdd"];
  for (const name of missing) {
    await assertRejects(() => redis[name](1), TypeError, `Cannot run ${name}()`);
    if (name in redis.multi()) assertThrows(() => redis.multi()[name](1), TypeError, name);
  }
  await assertRejects(() => redis.json.get("k"), TypeError, "json.get()");
  await assertRejects(() => redis.ft.search("i", "q"), TypeError, "ft.search()");
  await assertRejects(() => redis.sendCommand(["SELECT", "1"]), TypeError, "databaseId");
  await assertRejects(() => redis.sendCommand("GET"), TypeError, "an array of words");
  await assertRejects(() => redis.set("k", "v", { ex: 1 }), TypeError, '"ex"');
  await assertRejects(() => redis.set("k", "v", 5), TypeError, "an object");
  for (const words of [["k"], ["k", undefined], ["k", null], ["k", {}], ["k", true]]) {
    await assertRejects(() => redis.set(...words), TypeError, "Cannot send SET");
  }
  await assertRejects(() => redis.get(), TypeError, "Cannot send GET");
  await assertRejects(() => redis.get("k", () => {}), TypeError, "Cannot send GET");
  await assertRejects(() => redis.hSet("h", null), TypeError, "an object");
  await assertRejects(() => redis.multi().get().exec(), TypeError, "Cannot send GET");
  assertThrows(() => redis.unref(), TypeError, "use close()");
  for (const place of [{ database: 3 }, { socket: { host: "other" } }, { url: "redis://x" }]) {
    assertThrows(() => redis.duplicate(place), TypeError, "Cannot duplicate with another");
  }
  assertThrows(() => new NodeRedisFacade(making[0], { addresses: [] }), ConfigurationError);
  const misplaced = { requestTimeout: 5 } as never;
  assertThrows(() => new NodeRedisFacade(...making, misplaced), TypeError, "belong in its");
});

onBothClients("a failed command of a chain is in its place", async (client, ...making) => {
  await using redis = await new NodeRedisFacade(...making).connect();
  const chain = redis.multi().set("{k}a", "v").incr("{k}a").get("{k}a");
  const error = await assertRejects(() => chain.exec(), MultiErrorReply, "1 of 3");
  assertEquals([error.replies[0], error.replies[2], error.errorIndexes], ["OK", "v", [1]]);
  assertInstanceOf([...error.errors()][0], ServerError);
  assertEquals(await client.get("{k}a"), "v");
  await assertRejects(() => redis.multi().incr("{k}a").execAsPipeline(), ServerError);
});

onBothClients("only a cluster has what createCluster() has", async (client, ...making) => {
  await using redis = await new NodeRedisFacade(...making).connect();
  const names = ["masters", "replicas", "slots", "nodeClient"];
  assertEquals(names.filter((name) => name in redis), making[0].isCluster ? names : []);
  if (!making[0].isCluster) return;
  const unknown = new NodeRedisFacade(client);
  assertThrows(() => unknown.masters, Error, "wait for connect()");
  assertEquals((await unknown.connect()).masters.length, 3);
  await unknown.close();
  const pages: string[] = [];
  for (const key of ["a", "b", "c"]) await client.set(key, 1);
  for (const master of redis.masters) {
    assertMatch(master.address, /^127\.0\.0\.1:\d+$/);
    const node = await redis.nodeClient(master);
    assertStrictEquals(node, master.client);
    assertEquals([node.isOpen, node.isReady, await node.ping()], [true, true, "PONG"]);
    const { cursor, keys } = await node.scan("0", { COUNT: 1000 });
    assertEquals(cursor, "0");
    pages.push(...keys);
    await node.close();
  }
  assertEquals(pages.sort(), ["a", "b", "c"]);
  const slot = await redis.clusterKeySlot("a");
  const owner = await redis.nodeClient(redis.slots[slot].master);
  assertEquals(await owner.multi().get("a").set("a", "2").exec(), ["1", "OK"]);
  assertEquals(await owner.mGet(["a"]), ["2"]);
  assert(redis.masters.includes(redis.getRandomNode()));
  assertEquals(await redis.getSlotRandomNode(slot).client.get("a"), "2");
  // Keys in several slots: one by one, but not together.
  assertEquals(await redis.mGet(["a", "b", "c"]), ["2", "1", "1"]);
  assertEquals(await redis.multi().get("a").get("b").execAsPipeline(), ["2", "1"]);
  await assertRejects(() => redis.multi().get("a").get("b").exec(), ClusterError, "slots");
  await assertRejects(() => redis.scan("0"), TypeError, "scanIterator()");
  await redis.set("{tag}a", "1");
  assertEquals((await redis.scan("0", { MATCH: "{tag}*", COUNT: 1000 })).keys, ["{tag}a"]);
  assertEquals(await redis.sendCommand("a", true, ["GET", "a"]), "2");
});

Deno.test("a facade tells that its server is away, and comes back", async () => {
  await using own = await startServer();
  const configuration = { addresses: [{ host: own.host, port: own.port }], requestTimeout: 100 };
  await using redis = await new NodeRedisFacade(RedisClient, configuration).connect();
  const heard: string[] = [];
  for (const name of ["error", "reconnecting", "ready"]) redis.on(name, () => heard.push(name));
  await own.stop();
  await until("it knows", () => Promise.resolve(!redis.isReady));
  assertEquals(redis.isOpen, true);
  assertMatch((await assertRejects(() => redis.get("k"), Error)).message, /get|GET|connect/i);
  await using patient = new NodeRedisFacade(RedisClient, configuration, { waitForServer: true });
  const opening = patient.connect();
  const get = patient.get("k");
  await own.restart();
  assertEquals(await get, null);
  await opening;
  await until("it is back", () => Promise.resolve(redis.isReady));
  assertEquals([heard[0], heard.at(-1)], ["reconnecting", "ready"]);
});

Deno.test("connect() rejects if the server refuses the password", async () => {
  await using own = await startServer();
  const url = `redis://nobody:wrong@${own.host}:${own.port}`;
  await using redis = new NodeRedisFacade(RedisClient, url);
  await assertRejects(() => redis.connect(), ServerError, "WRONGPASS");
  assertEquals(redis.isOpen, false);
});
