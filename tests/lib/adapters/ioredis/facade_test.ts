import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { Buffer } from "node:buffer";
import { IORedisFacade } from "../../../../lib/adapters/ioredis/mod.ts";
import { ConfigurationError, ServerError } from "../../../../lib/errors.ts";
import { startServer } from "../../../../lib/testing/mod.ts";
import { until } from "../../../../lib/testing/_poll.ts";
import { RedisClient } from "../../../../standalone/mod.ts";
import { onBothClients } from "../_both_clients.ts";

/** The outcome that a callback gets. */
function called(run: (callback: (error: unknown, value?: unknown) => void) => unknown) {
  return new Promise<[unknown, unknown]>((resolve) => {
    const promise = run((error, value) => resolve([error, value]));
    (promise as Promise<unknown>)?.catch?.(() => {});
  });
}

onBothClients(
  "commands take the arguments of ioredis, and answer its shapes",
  async (_, ...making) => {
    await using redis = new IORedisFacade(...making);
    assertEquals(await redis.set("k", 1, "EX", 100, "NX"), "OK");
    assertEquals(await redis.set("k", 1, "NX"), null);
    assertEquals(await redis.get("k"), "1");
    assertEquals(await redis.getBuffer("k"), Buffer.from("1"));
    assertInstanceOf(await redis.getBuffer("k"), Buffer);
    assertEquals(await redis.hset("h", { a: 1, b: null }), 2);
    assertEquals(await redis.hset("h", new Map<string, unknown>([["c", "3"]])), 1);
    assertEquals(await redis.hset("h", "d", "4"), 1);
    assertEquals(await redis.hgetall("h"), { a: "1", b: "", c: "3", d: "4" });
    assertEquals(
      await redis.hgetallBuffer("h").then((all: { a: Buffer }) => all.a),
      Buffer.from("1"),
    );
    assertEquals(await redis.hgetall("none"), {});
    assertEquals(await redis.mset({ "{m}1": 1, "{m}2": 2 }), "OK");
    assertEquals(await redis.mget(["{m}1", "{m}2", "{m}3"]), ["1", "2", null]);
    assertEquals(await redis.del("{m}1", ["{m}2"]), 2);
    assertEquals(await redis.zadd("z", 1.5, "a", "2", "b"), 2);
    assertEquals(await redis.zrange("z", 0, -1, "WITHSCORES"), ["a", "1.5", "b", "2"]);
    assertEquals(await redis.zscore("z", "a"), "1.5");
    const id = await redis.xadd("x", "*", "f", "v");
    assertEquals(await redis.xrange("x", "-", "+"), [[id, ["f", "v"]]]);
    assertEquals(await redis.call("ECHO", "x"), "x");
    assertEquals(await redis.callBuffer("echo", "x"), Buffer.from("x"));
    assertEquals(await redis.send_command("ECHO", ["x"]), "x");
    assertEquals(await redis.eval("return {KEYS[1], ARGV[1]}", 1, ["k", "a"]), ["k", "a"]);
    await assertRejects(() => redis.incr("h"), ServerError, "WRONGTYPE");
  },
);

onBothClients("a function at the end gets the outcome", async (_, ...making) => {
  await using redis = new IORedisFacade(...making);
  assertEquals(await called((f) => redis.set("k", "v", f)), [null, "OK"]);
  assertEquals(await called((f) => redis.get("k", f)), [null, "v"]);
  assertEquals(await called((f) => redis.send_command("GET", ["k"], f)), [null, "v"]);
  const [error] = await called((f) => redis.incr("k", f));
  assert(error instanceof ServerError);
  assertEquals(
    await called((f) => redis.multi().set("k", 1).get("k").exec(f)),
    [null, [[null, "OK"], [null, "1"]]],
  );
  assertEquals(await called((f) => void redis.pipeline().get("k", f).exec()), [null, "1"]);
});

onBothClients("chains answer an error or a value for each command", async (client, ...making) => {
  await using redis = new IORedisFacade(...making);
  for (const chain of [redis.multi(), redis.pipeline()]) {
    await client.del("{k}h");
    chain.set("{k}s", "v").hset("{k}h", { a: 1 }).hgetall("{k}h").incr("{k}s").getBuffer("{k}s");
    assertEquals(chain.length, 5);
    const results = await chain.exec();
    const [error] = results![3];
    assert(error instanceof ServerError && error.code === "ERR");
    assertEquals(results!.toSpliced(3, 1), [
      [null, "OK"],
      [null, 1],
      [null, { a: "1" }],
      [null, Buffer.from("v")],
    ]);
  }
  assertEquals(await redis.pipeline([["set", "{k}a", 1], ["get", "{k}a"]]).exec(), [
    [null, "OK"],
    [null, "1"],
  ]);
  assertEquals(await redis.multi().exec(), []);
  assertEquals(await redis.multi().set("k", 1).discard().exec(), []);
});

onBothClients(
  "defined commands run alone and in chains, wherever the script is unknown",
  async (client, ...making) => {
    await using redis = new IORedisFacade(...making);
    redis.defineCommand("two", { numberOfKeys: 1, lua: "return {KEYS[1], ARGV[1]}" });
    redis.defineCommand("any", { lua: "return #KEYS" });
    const { host, port } = redis.options;
    const all = redis.duplicate({ host, port: String(port), db: 0, maxRetriesPerRequest: null });
    for (const each of [redis, all]) {
      await client.scriptFlush();
      assertEquals(await each.two("{k}", "a"), ["{k}", "a"]);
      assertEquals(await each.two(["{k}", "a"]), ["{k}", "a"]);
      assertEquals(await each.twoBuffer("{k}", "a"), [Buffer.from("{k}"), Buffer.from("a")]);
      assertEquals(await each.any(2, "{k}1", "{k}2", "x"), 2);
      for (const chain of [each.multi(), each.pipeline()]) {
        await client.scriptFlush();
        assertEquals(await chain.two("{k}", "a").two(["{k}", "b"]).exec(), [
          [null, ["{k}", "a"]],
          [null, ["{k}", "b"]],
        ]);
      }
    }
    await all.quit();
  },
);

onBothClients(
  "commands of a pipeline are executed in order, also where scripts are unknown",
  async (
    client,
    ...making
  ) => {
    await using redis = new IORedisFacade(...making);
    redis.defineCommand("put", { numberOfKeys: 1, lua: 'redis.call("SET", KEYS[1], ARGV[1])' });
    await client.scriptFlush();
    // In a cluster, they are on all nodes.
    const keys = Array.from({ length: 10 }, (_, i) => `k${i}`);
    const chain = redis.pipeline();
    for (const key of keys) chain.put(key, key).get(key);
    assertEquals(await chain.exec(), keys.flatMap((key) => [[null, null], [null, key]]));
  },
);

onBothClients("a defined command wants as many keys as it says", async (_, ...making) => {
  await using redis = new IORedisFacade(...making);
  redis.defineCommand("two", { numberOfKeys: 2, lua: "return #KEYS" });
  redis.defineCommand("any", { lua: "return #KEYS" });
  await assertRejects(() => redis.two("{k}"), TypeError, "as many keys");
  for (const args of [[], [-1, "{k}", "a"], ["x", "{k}"], [1.5, "{k}", "a"], [3, "{k}"]]) {
    await assertRejects(() => redis.any(...args), TypeError, "as many keys");
  }
  assertEquals([await redis.any(0), await redis.any("1", "{k}")], [0, 1]);
});

onBothClients("subscriptions become events, and hold up no commands", async (client, ...making) => {
  await using redis = new IORedisFacade(...making);
  const heard: unknown[][] = [];
  for (const name of ["message", "messageBuffer", "pmessage", "pmessageBuffer", "smessage"]) {
    redis.on(name, (...args: unknown[]) => heard.push([name, ...args]));
  }
  assertEquals(await redis.subscribe("a", "b"), 2);
  assertEquals(await called((f) => redis.psubscribe("a*", f)), [null, 3]);
  assertEquals(await redis.subscribe("a"), 3);
  await client.publish("a", "text");
  await until("both are heard", () => Promise.resolve(heard.length === 4));
  const text = Buffer.from("text");
  assertEquals(heard.splice(0).sort(), [
    ["message", "a", "text"],
    ["messageBuffer", Buffer.from("a"), text],
    ["pmessage", "a*", "a", "text"],
    ["pmessageBuffer", "a*", Buffer.from("a"), text],
  ]);
  assertEquals(await redis.get("k"), null);
  assertEquals([await redis.unsubscribe("a"), await redis.punsubscribe()], [2 - 0, 1]);
  assertEquals(await redis.ssubscribe("s"), 2);
  await client.customCommand(["SPUBLISH", "s", "sharded"]);
  await until("it is heard", () => Promise.resolve(heard.length === 1));
  assertEquals(heard, [["smessage", "s", "sharded"]]);
  assertEquals([await redis.sunsubscribe("s"), await redis.unsubscribe()], [1, 0]);
});

onBothClients("an error of a listener is not swallowed, and others hear the message", async (
  client,
  ...making
) => {
  await using redis = new IORedisFacade(...making);
  const [errors, heard]: unknown[][] = [[], []];
  const onError = (event: ErrorEvent): void => {
    event.preventDefault();
    errors.push(event.message);
  };
  redis.on("message", () => {
    throw new Error("of the listener");
  });
  redis.on("messageBuffer", (_, message) => heard.push(String(message)));
  await redis.subscribe("a");
  addEventListener("error", onError);
  try {
    await client.publish("a", "text");
    await until("both are told", () => Promise.resolve(errors.length + heard.length === 2));
  } finally {
    removeEventListener("error", onError);
  }
  assertMatch(String(errors), /of the listener/);
  assertEquals(heard, ["text"]);
});

onBothClients("subscriptions are kept over disconnect(true)", async (client, ...making) => {
  await using redis = new IORedisFacade(...making);
  const heard: unknown[] = [];
  redis.on("message", (_channel: string, message: string) => heard.push(message));
  redis.on("pmessage", (pattern: string) => heard.push(pattern));
  await Promise.all([redis.subscribe("a:b"), redis.psubscribe("a:*")]);
  redis.disconnect(true);
  await until("both hear again", async () => {
    await client.publish("a:b", "text");
    return heard.includes("text") && heard.includes("a:*");
  });
});

onBothClients("streams find all keys and items", async (client, ...making) => {
  await using redis = new IORedisFacade(...making);
  const names = Array.from({ length: 250 }, (_, i) => `found:${i}`);
  for (const name of names) client.set(name, 1);
  await client.sadd("members", names);
  await client.hset("fields", Object.fromEntries(names.map((name) => [name, "1"])));
  const found = async (stream: AsyncIterable<string[]>): Promise<string[]> => {
    const all: string[] = [];
    for await (const page of stream) all.push(...page);
    return [...new Set(all)].filter((item) => item !== "1").sort();
  };
  assertEquals(await found(redis.scanStream({ match: "found:*", count: 50 })), names.toSorted());
  assertEquals(await found(redis.scanStream({ type: "hash" })), ["fields"]);
  assertEquals(await found(redis.sscanStream("members")), names.toSorted());
  assertEquals(
    await found(redis.hscanStream("fields", { match: "*:1*" })).then((all) => all[0]),
    "found:1",
  );
});

onBothClients("what a facade cannot do is refused by name", async (_, ...making) => {
  await using redis = new IORedisFacade(...making);
  for (const [name, ...args] of [["select", 1], ["auth", "x"], ["hello", 3]]) {
    await assertRejects(
      () => redis[name as string](...args),
      TypeError,
      String(name).toUpperCase(),
    );
  }
  await assertRejects(() => redis.monitor(), TypeError, "monitor()");
  for (const name of ["watch", "unwatch"]) {
    await assertRejects(() => redis[name]("k"), TypeError, "use watch() of a RedisClient");
    await new Promise((heard) => redis[name](heard));
  }
  assertThrows(
    () => new IORedisFacade(...making, { requestTimeout: 5 } as never),
    TypeError,
    "belong in its",
  );
  assertThrows(() => redis.multi({ pipeline: false }), TypeError, "without a chain");
  assertThrows(() => redis.pipeline().multi(), TypeError, "in a pipeline");
  for (const place of [{ db: 3 }, { keyPrefix: "p:" }, { host: "other" }, { username: "u" }]) {
    assertThrows(() => redis.duplicate(place), TypeError, `another "${Object.keys(place)}"`);
  }
  assertThrows(() => new IORedisFacade(making[0], { addresses: [] }), ConfigurationError);
});

onBothClients("a facade tells its state and its nodes", async (_, ...making) => {
  await using redis = new IORedisFacade(...making);
  const heard: string[] = [];
  for (const name of ["connect", "ready", "close", "end"]) redis.on(name, () => heard.push(name));
  assertEquals([redis.status, redis.isCluster], ["wait", making[0].isCluster]);
  await redis.connect();
  assertEquals([redis.status, ...heard], ["ready", "connect", "ready"]);
  const nodes = redis.nodes("master");
  assertEquals(nodes.length, redis.isCluster ? 3 : 1);
  for (const node of nodes) assertEquals(await node.ping(), "PONG");
  assertEquals(await redis.quit(), "OK");
  await until("its end is told", () => Promise.resolve(heard.length === 4));
  assertEquals([redis.status, ...heard.slice(2)], ["end", "close", "end"]);
});

Deno.test("a facade gives up what could not be sent in time, unless it waits for the server", async () => {
  await using own = await startServer();
  await own.stop();
  const configuration = { addresses: [{ host: own.host, port: own.port }], requestTimeout: 100 };
  await using redis = new IORedisFacade(RedisClient, configuration);
  assertEquals((await assertRejects(() => redis.get("k"), Error)).message, "Connection is closed.");
  await using patient = new IORedisFacade(RedisClient, configuration, { waitForServer: true });
  const get = patient.get("k");
  await assertRejects(() => redis.get("k"), Error);
  await own.restart();
  assertEquals(await get, null);
});
