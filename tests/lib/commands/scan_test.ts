import { assert, assertEquals, assertRejects } from "@std/assert";
import { slotOf } from "../../../cluster/slot.ts";
import { RedisClient, RedisClusterClient, RedisError } from "../../../mod.ts";
import type { Client } from "../../../lib/client/client.ts";
import {
  inTurn,
  NO_REPLY,
  startCluster,
  startFakeServer,
  startProxy,
  startServer,
  type TestServer,
} from "../../../lib/testing/mod.ts";

const COUNT = 20_000;
const names = Array.from({ length: COUNT }, (_, i) => `item${i}`);
const TIMEOUTS = { requestTimeout: 10_000, clientCreationTimeout: 10_000 };

/** Keeps the data over a restart. */
const SAVED = { config: { save: "3600 1" } };

/** Fills a server with keys, or a key with items. */
type Fill = (server: Pick<TestServer, "command">) => Promise<unknown>;

/** Has a server make `COUNT` items by itself. */
function fillBy(call: string): Fill {
  const lua = `for i = 0, ${COUNT - 1} do ${call} end`;
  return (server) => server.command(["EVAL", lua, 0]);
}

/** The iterators, each with how to fill what it iterates over. */
const ITERATORS: {
  name: string;
  fill: Fill;
  iterate: (client: Client) => AsyncIterable<string>;
}[] = [
  {
    name: "scanIterator()",
    fill: fillBy(`redis.call("SET", "item" .. i, i)`),
    iterate: (client) => client.scanIterator({ count: 100 }) as AsyncIterable<string>,
  },
  {
    name: "hscanIterator()",
    fill: fillBy(`redis.call("HSET", "{k}", "item" .. i, i)`),
    async *iterate(client) {
      for await (const [field] of client.hscanIterator("{k}", { count: 100 })) yield field;
    },
  },
  {
    name: "sscanIterator()",
    fill: fillBy(`redis.call("SADD", "{k}", "item" .. i)`),
    iterate: (client) => client.sscanIterator("{k}", { count: 100 }),
  },
  {
    name: "zscanIterator()",
    fill: fillBy(`redis.call("ZADD", "{k}", i, "item" .. i)`),
    async *iterate(client) {
      for await (const { member } of client.zscanIterator("{k}", { count: 100 })) yield member;
    },
  },
];

/** Iterates, and does something after a quarter of the items. */
async function iterate(items: AsyncIterable<string>, interrupt: () => Promise<unknown>) {
  const found = new Set<string>();
  let yielded = 0;
  for await (const item of items) {
    found.add(item);
    if (++yielded === COUNT / 4) await interrupt();
  }
  return { missing: names.filter((name) => !found.has(name)).length, yielded };
}

/** Waits until replicas have what was written before. WAIT counts what its own connection has written. */
async function replicated(client: Client<string, "one">, replicas: number): Promise<void> {
  await client.set("{k}:written", 1);
  assertEquals(await client.wait(replicas, 10_000), replicas);
}

function connect(
  servers: { host: string; port: number }[],
  options: { protocol?: 2 | 3; credentials?: { username: string; password: string } } = {},
): Promise<RedisClient> {
  const addresses = servers.map(({ host, port }) => ({ host, port }));
  return RedisClient.create({ addresses, ...TIMEOUTS, ...options });
}

for (const { name, fill, iterate: all } of ITERATORS) {
  Deno.test(`${name} yields all items although the server is restarted meanwhile`, async () => {
    await using server = await startServer(SAVED);
    await fill(server);
    await using client = await connect([server]);
    const { missing } = await iterate(all(client), () => server.restart());
    assertEquals(missing, 0);
  });

  Deno.test(`${name} yields all items although a replica takes over meanwhile`, async () => {
    await using old = await startServer({ replicas: 1 });
    const [next] = old.replicas;
    await using client = await connect([old, next]);
    await fill(old);
    await replicated(client, 1);
    const { missing } = await iterate(all(client), async () => {
      await old.kill();
      await next.promote();
    });
    assertEquals(missing, 0);
  });

  Deno.test(`${name} does not begin again where only the connection was lost`, async () => {
    await using server = await startServer();
    await using proxy = await startProxy(server);
    await fill(server);
    await using client = await connect([proxy]);
    const outcome = await iterate(all(client), () => Promise.resolve(proxy.cut()));
    assertEquals(outcome.missing, 0);
    assert(outcome.yielded < COUNT * 1.1, `${outcome.yielded} items`);
  });
}

Deno.test("iterators in a cluster yield all items although replicas take over and slots move meanwhile", async () => {
  await using cluster = await startCluster({ shards: 2, replicas: 1 });
  const slot = slotOf("{k}");
  const [from, to] = (await cluster.slotsOf(0)).includes(slot) ? [0, 1] : [1, 0];
  await using client = await RedisClusterClient.create({
    addresses: cluster.addresses,
    ...TIMEOUTS,
  });
  let at = from;
  for (const { name, fill, iterate: all } of ITERATORS.slice(1)) {
    await client.del("{k}");
    await fill(await cluster.primary(at));
    await replicated(client.with({ route: { slotKey: "{k}" } }), 1);
    const failover = await iterate(all(client), () => cluster.failover(at));
    assertEquals(failover.missing, 0, `${name}, failover`);
    const move = await iterate(all(client), async () => {
      await cluster.moveSlots([slot], at, at === from ? to : from);
      at = at === from ? to : from;
    });
    assertEquals(move.missing, 0, `${name}, move`);
  }
});

Deno.test("an iterator that is to read from replicas stays with one of them", async () => {
  await using cluster = await startCluster({ shards: 1, replicas: 2 });
  await using client = await RedisClusterClient.create({
    addresses: cluster.addresses,
    ...TIMEOUTS,
  });
  const [, { fill, iterate: all }] = ITERATORS;
  await fill(await cluster.primary(0));
  await replicated(client.with({ route: { slotKey: "{k}" } }), 2);
  const reader = client.with({ route: { slotKey: "{k}", replica: true } });
  const nothing = () => Promise.resolve();
  // Connections to replicas are opened when they are asked for; until then the primary answers.
  await iterate(all(reader), nothing);
  const { missing, yielded } = await iterate(all(reader), nothing);
  assertEquals(missing, 0);
  assert(yielded < COUNT * 1.1, `${yielded} items`);
});

for (const protocol of [2, 3] as const) {
  Deno.test(`a user without INFO: an iterator begins again after each lost connection [RESP${protocol}]`, async () => {
    const users = [{ name: "app", rules: "on >secret ~* +@read +@write" }];
    await using server = await startServer({ users });
    await using proxy = await startProxy(server);
    const [{ fill, iterate: all }] = ITERATORS;
    await fill(server);
    const credentials = { username: "app", password: "secret" };
    await using client = await connect([proxy], { protocol, credentials });
    const { missing, yielded } = await iterate(all(client), () => Promise.resolve(proxy.cut()));
    assertEquals(missing, 0);
    assert(yielded >= COUNT * 1.2, `${yielded} items`);
  });
}

Deno.test("an iterator gives up where each page comes from another server", async () => {
  await using server = await startFakeServer({
    SCAN: (_, connection) => {
      connection.send(["7", ["k"]]).then(() => connection.cut());
      return NO_REPLY;
    },
    INFO: "role:master\r\n",
  });
  await using client = await connect([server]);
  await assertRejects(
    async () => {
      for await (const key of client.scanIterator()) assertEquals(key, "k");
    },
    RedisError,
    "Cannot complete the scan",
  );
});

Deno.test("an iterator asks who the server is once, and not at all for one page", async () => {
  await using server = await startFakeServer({
    SCAN: inTurn(["0", ["a"]], ["1", ["b"]], ["2", []], ["0", ["c"]]),
  });
  await using client = await connect([server]);
  const asked = () => server.receivedOf("INFO").length;
  const before = asked();
  for await (const key of client.scanIterator()) assertEquals(key, "a");
  assertEquals(asked(), before);
  const keys = [];
  for await (const key of client.scanIterator()) keys.push(key);
  assertEquals(keys, ["b", "c"]);
  assertEquals(asked(), before + 1);
});
