import { assertEquals } from "@std/assert";
import {
  type Client,
  fieldPairs,
  type RedisClient,
  type RedisClusterClient,
  type ScoredMember,
  script,
  type ServerInfo,
} from "../../../mod.ts";
import { type CommandClient, commandTest } from "../../_kit/command_tests.ts";
import { connectToCluster, connectToServer } from "../../_kit/command_tests.ts";

/** Fails to compile unless the types are the same. */
function same<A, B>(
  ..._: (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? [] : [never]
): void {}

function* pair(): Generator<string> {
  yield "a";
  yield "b";
}

commandTest("flags take booleans, and false is not sent", async (client) => {
  const [yes, no]: boolean[] = [true, false];
  assertEquals(await client.set("k", "v", { ex: 60, nx: no }), "OK");
  const options = { ex: 60, nx: true };
  assertEquals(await client.set("k", "w", options), null);
  assertEquals(await client.set("k", "w", { nx: undefined, xx: yes, get: no }), "OK");
  assertEquals(await client.expire("k", 5, { gt: yes }), false);
  await client.zadd("z", { a: 1 }, { nx: no, ch: yes });
  const members: string[] | ScoredMember[] = await client.zrange("z", 0, -1, { withscores: yes });
  assertEquals(members, [{ member: "a", score: 1 }]);
  assertEquals(await client.zrange("z", 0, -1, { withscores: no }), ["a"]);
  assertEquals(await client.copy("k", "l", { replace: no }), true);
});

commandTest("several items come from anything that can be iterated", async (client) => {
  await client.sadd("s", pair());
  assertEquals(await client.sadd("t", await client.smembers("s")), 2);
  assertEquals(await client.del(new Set(["s", "nothing"])), 1);
  await client.hset("h", { a: 1, b: 2 });
  assertEquals(await client.hmget("h", pair()), ["1", "2"]);
  assertEquals(await client.mget(new Map([["x", 1]]).keys()), [null]);
  assertEquals(await client.sintercard(new Set(["t"])), 2);
  assertEquals(
    await client.eval("return { KEYS[1], ARGV[1], ARGV[2] }", { keys: "k", args: pair() }),
    ["k", "a", "b"],
  );
  await client.zadd("z", { a: 1 });
  assertEquals(
    await client.zunion(new Set(["z"]), { weights: new Set([2]), withscores: true }),
    [{ member: "a", score: 2 }],
  );
});

commandTest("words are taken in either case, and dates as times", async (client) => {
  await client.rpush("l", ["a", "b"]);
  assertEquals(await client.lmove("l", "m", "LEFT", "right"), "a");
  assertEquals(await client.linsert("m", "BEFORE", "a", "z"), 2);
  await client.mset({ x: "a", y: "b" });
  assertEquals(await client.bitop("AND", "out", ["x", "y"]), 1);
  const time = new Date(Date.now() + 3_600_500);
  assertEquals(await client.expireat("x", time), true);
  assertEquals(await client.expiretime("x"), Math.ceil(time.getTime() / 1000));
  assertEquals(await client.pexpireat("y", time), true);
  assertEquals(await client.pexpiretime("y"), time.getTime());
  await client.set("z", 1, { pxat: time });
  assertEquals(await client.pexpiretime("z"), time.getTime());
  await client.getex("z", { exat: time });
  assertEquals(await client.expiretime("z"), Math.ceil(time.getTime() / 1000));
});

commandTest("counters take decimal digits", async (client) => {
  assertEquals(await client.incrby("n", "9007199254740993"), "9007199254740993");
  assertEquals(await client.decrby("n", "9007199254740992"), "1");
  assertEquals(await client.hincrby("h", "f", "12"), "12");
  assertEquals(await client.zincrby("z", "1.5", "m"), 1.5);
});

commandTest("fields of an entry keep their order and their repetitions", async (client) => {
  const pairs: [string, string][] = [["b", "1"], ["10", "2"], ["b", "3"], ["2", "4"]];
  await client.xadd("s", "1-0", pairs);
  await client.xadd("s", "2-0", { a: "1", c: "2" });
  const [first, second] = await client.xrange("s", "-", "+");
  assertEquals({ ...first.fields }, { b: "3", "10": "2", "2": "4" });
  assertEquals(fieldPairs(first), pairs);
  assertEquals(fieldPairs(second), [["a", "1"], ["c", "2"]]);
  const [{ entries }] = (await client.xread({ s: "0" }))!;
  assertEquals(fieldPairs(entries[0]), pairs);
  const [binary] = await client.bytes.xrange("s", "-", "+");
  const text = new TextDecoder();
  assertEquals(fieldPairs(binary).map((pair) => pair.map((part) => text.decode(part))), pairs);
  assertEquals(fieldPairs({ fields: null }), []);
});

const double = script(`return redis.call("GET", KEYS[1]) * 2`);

Deno.test("code for either client batches, executes, and makes views", async () => {
  await using server = await connectToServer();
  await using cluster = await connectToCluster();
  for (const client of [server, cluster]) {
    await client.flushall();
    assertEquals(await work(client), ["2", 4, 42, 7]);
    assertEquals(await work(client.with({ timeout: 10_000 })), ["2", 4, 42, 7]);
  }

  async function work(client: Client): Promise<unknown[]> {
    const [, , value] = await client.batch((b) => [b.set("n", 1), b.incr("n"), b.get("n")]);
    const [n] = await client.transaction((t) => [t.incrby("n", 2)]);
    const [, doubled] = await client.transaction((t) => [
      t.set("n", 21),
      t.run(double, { keys: "n" }),
    ]);
    const seven = await client.watch("n", async (session) => {
      await session.run(double, { keys: "n" });
      const values = await session.transaction((t) => [t.set("n", 7)]);
      return values === null ? 0 : Number(await client.with({}).bytes.get("n").then(decoded));
    });
    return [value, n, doubled, seven];
  }

  function decoded(bytes: Uint8Array | null): string {
    return new TextDecoder().decode(bytes!);
  }
});

Deno.test("names to subscribe to come from anything that can be iterated", async () => {
  await using server = await connectToServer();
  await using cluster = await connectToCluster();
  for (const client of [server, cluster] satisfies Client[]) {
    await using subscription = await client.subscribe(new Set(pair()));
    await client.publish("b", "hello");
    for await (const { channel, message } of subscription) {
      assertEquals([channel, message], ["b", "hello"]);
      break;
    }
  }
});

Deno.test("replies by node are picked by the name of a node", async () => {
  await using cluster = await connectToCluster();
  const infos = await cluster.info("server");
  for (const [node, { sections }] of Object.entries(infos)) {
    assertEquals(node, `127.0.0.1:${sections.server.tcp_port}`);
  }
  const [{ sections }]: ServerInfo[] = Object.values(infos);
  const one: ServerInfo = infos[`127.0.0.1:${Number(sections.server.tcp_port)}`];
  assertEquals(one.sections.server.tcp_port, sections.server.tcp_port);
});

/** Never called: these compile, and have these types. */
async function _compiles(
  client: RedisClient,
  cluster: RedisClusterClient,
  commands: CommandClient,
  flag: boolean,
): Promise<void> {
  const transaction = await client.transaction((t) => [t.incr("n"), t.get("k")]);
  same<typeof transaction, [number | bigint, string | null]>();
  const outcomes = await cluster.transaction((t) => [t.get("k")], { errors: "values" });
  same<typeof outcomes, [string | Error | null]>();
  await client.watch("k", async (session) => {
    const values = await session.transaction((t) => [t.get("k")]);
    same<typeof values, [string | null] | null>();
  });
  const area = { frommember: "a", byradius: { radius: 1, unit: "km" } } as const;
  const bare = await commands.geosearch("k", area, { count: 1, asc: flag });
  same<typeof bare, string[]>();
  const [near] = await commands.geosearch("k", area, { withdist: true, asc: true });
  same<typeof near.distance, number>();
  const [place] = await commands.bytes.geosearch("k", area, { withdist: flag, withcoord: true });
  same<typeof place.distance, number | undefined>();
  same<typeof place.position.latitude, number>();
  const either = await commands.geosearch("k", area, { withdist: flag });
  same<typeof either extends (infer E)[] ? E extends string ? 1 : 2 : 0, 1 | 2>();
  const maybe = await commands.geosearch("k", area, { withdist: flag ? true : undefined });
  same<Extract<typeof maybe, string[]>, string[]>();
  const { matches: [match] } = await client.lcs("a", "b", { idx: true, withmatchlen: true });
  same<typeof match.length, number>();
  const fields = await client.hrandfield("h", 2, { withvalues: flag });
  same<typeof fields, string[] | [string, string][]>();
  const rank = await client.zrank("z", "a", { withscore: true });
  same<NonNullable<typeof rank>["score"], number>();
  for await (const item of client.hscanIterator("h", { novalues: true })) {
    same<typeof item, string>();
  }
  const [library] = await client.functionList({ withcode: true });
  same<typeof library.libraryCode, string>();
  same<Awaited<ReturnType<typeof counted>>, string>();
  await cluster.with({ route: { slot: 0 } }).scan("0");
  await cluster.with({ route: { slot: 0 } }).batch((b) => [b.scan("0")]);
  await client.scan("0");
  const { sections } = await cluster.with({ route: "random" }).info();
  same<typeof sections.memory.used_memory, string>();
  same<Awaited<ReturnType<typeof onEither>>, [string | null, Uint8Array | null, number]>();

  async function onEither(either: Client): Promise<[string | null, Uint8Array | null, number]> {
    await using subscription = await either.ssubscribe(pair());
    const text = await either.cached.with({ timeout: 100 }).get("k");
    const bytes = await either.bytes.cached.get("k");
    return [text, bytes, subscription.stats.received];
  }

  function counted() {
    return client.incrby("n", String(1));
  }
}

/** Never called: the compiler refuses what does not go together. */
async function _refused(
  client: RedisClient,
  cluster: RedisClusterClient,
  either: Client,
  flag: boolean,
): Promise<void> {
  // @ts-expect-error: one condition.
  client.set("k", "v", { nx: flag, xx: flag });
  // @ts-expect-error: one expiry.
  client.set("k", "v", { ex: 1, keepttl: flag });
  // @ts-expect-error: a flag is no word.
  client.set("k", "v", { nx: "yes" });
  // @ts-expect-error: members may have no scores.
  (await client.zrange("z", 0, -1, { withscores: flag }))[0].score;
  const area = { frommember: "a", byradius: { radius: 1, unit: "km" } } as const;
  // @ts-expect-error: the distance was not asked for.
  (await client.geosearch("k", area, { withcoord: true }))[0].distance;
  // @ts-expect-error: the distance may not be there.
  (await client.geosearch("k", area, { withcoord: true, withdist: flag }))[0].distance.toFixed();
  // @ts-expect-error: there is no such option.
  client.geosearch("k", area, { withdistance: true });
  // @ts-expect-error: there is no such option, whatever else there is.
  client.geosearch("k", area, { withdist: true, withdistance: true });
  // @ts-expect-error: of which node?
  (await cluster.info()).sections;
  // @ts-expect-error: of one node or of each?
  (await either.info()).sections;
  // @ts-expect-error: of which node?
  cluster.scan("0");
  // @ts-expect-error: of which node?
  cluster.batch((b) => [b.scan("0")]);
  // @ts-expect-error: perhaps of a cluster.
  either.scan("0");
  // @ts-expect-error: a cursor belongs to one node.
  cluster.with({ route: "allNodes" }).scan("0");
  // @ts-expect-error: there is no such operation.
  client.bitop("Nand", "out", "k");
  // @ts-expect-error: a number is no set of keys.
  client.sunion(5);
  // @ts-expect-error: weights are several numbers.
  client.zunion(["a"], { weights: "12" });
  // @ts-expect-error: this view answers text.
  (await client.hgetall("h")).get("field");
}
