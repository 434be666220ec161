import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { retry } from "@std/async";
import { ServerError } from "../../../lib/errors.ts";
import { type CommandClient, commandTest } from "../../_kit/command_tests.ts";
import { serverTest } from "../../_kit/server_tests.ts";

const PER_NODE = { cluster: "it answers for each node" };

/** Waits until a server works on none of its files. */
async function filesAreDone(client: Pick<CommandClient, "info">): Promise<void> {
  await retry(async () => {
    const { persistence } = (await client.info("persistence")).sections;
    const busy = ["rdb_bgsave_in_progress", "aof_rewrite_in_progress", "aof_rewrite_scheduled"]
      .filter((name) => persistence[name] !== "0");
    if (busy.length > 0) throw new Error(`The server is not done: ${busy}`);
  }, { minTimeout: 5, maxTimeout: 50, maxAttempts: 200 });
}

commandTest("bgrewriteaof() begins in the background", { except: PER_NODE }, async (client) => {
  await filesAreDone(client);
  assertMatch(await client.bgrewriteaof(), /started|scheduled/);
  await filesAreDone(client);
});

commandTest("bgsave() begins in the background", { except: PER_NODE }, async (client) => {
  await filesAreDone(client);
  const before = await client.lastsave();
  await client.set("k", "v");
  assertMatch(await client.bgsave(), /started/);
  await filesAreDone(client);
  assert(await client.lastsave() >= before);
  const { persistence } = (await client.info("persistence")).sections;
  assertEquals(persistence.rdb_changes_since_last_save, "0");
  assertMatch(await client.bgsave({ schedule: true }), /started|scheduled/);
  await filesAreDone(client);
});

commandTest(
  "bgsave() calls off what it has begun",
  { needs: "BGSAVE CANCEL", except: PER_NODE },
  async (client) => {
    await filesAreDone(client);
    await assertRejects(() => client.bgsave({ cancel: true }), ServerError);
  },
);

commandTest("dbsize() counts keys", async (client) => {
  assertEquals(await client.dbsize(), 0);
  await client.mset({ a: 1, b: 2 });
  assertEquals(await client.dbsize(), 2);
});

commandTest("flushall() and flushdb() delete all keys", async (client) => {
  for (const options of [{}, { async: true }, { sync: true }] as const) {
    await client.set("k", "v");
    assertEquals(await client.flushall(options), "OK");
    assertEquals(await client.dbsize(), 0);
    await client.set("k", "v");
    assertEquals(await client.flushdb(options), "OK");
    assertEquals(await client.exists("k"), 0);
  }
});

commandTest("info() takes the report apart", { except: PER_NODE }, async (client) => {
  await client.set("k", "v", { ex: 100 });
  const { text, sections, details } = await client.info();
  assertMatch(text, /^# Server\r\n/);
  assert(text.includes(`redis_version:${sections.server.redis_version}\r\n`));
  assertMatch(sections.server.redis_version, /^\d+\.\d+\.\d+$/);
  assertMatch(sections.memory.used_memory, /^\d+$/);
  assertEquals(sections.replication.role, "master");
  assertEquals(sections.keyspace.db0, text.match(/db0:(.*)\r\n/)![1]);
  assertEquals([details.db0.keys, details.db0.expires], ["1", "1"]);
  assertEquals(Object.getPrototypeOf(sections), null);
  assertEquals((await client.bytes.info("server")).sections.server.os, sections.server.os);
});

commandTest(
  "info() answers the sections that were asked for",
  { except: PER_NODE },
  async (client) => {
    await assertRejects(() => client.incr("k").then(() => client.lpop("k")), ServerError);
    assertEquals(Object.keys((await client.info("clients")).sections), ["clients"]);
    const { sections, details } = await client.info(["cpu", "commandstats", "errorstats"]);
    assertEquals(Object.keys(sections).toSorted(), ["commandstats", "cpu", "errorstats"]);
    assert(Number(details.cmdstat_incr.calls) >= 1);
    assert(Number(details.errorstat_WRONGTYPE.count) >= 1);
    assertEquals((await client.info("no-such-section")).sections, Object.create(null));
  },
);

commandTest("lastsave() and time() tell times", async (client) => {
  const now = Date.now() / 1000;
  const { seconds, microseconds } = await client.time();
  assert(Math.abs(seconds - now) < 60, `${seconds} instead of ${now}`);
  assert(Number.isInteger(microseconds) && microseconds >= 0 && microseconds < 1_000_000);
  const saved = await client.lastsave();
  assert(Number.isInteger(saved) && saved > 1_600_000_000 && saved < now + 60);
  assertEquals((await client.bytes.time()).seconds - seconds < 60, true);
});

commandTest("lolwut() draws", async (client) => {
  assertMatch(await client.lolwut(), /ver\./);
  const wide = await client.lolwut({ version: 5, args: [80, 1, 1] });
  const narrow = await client.lolwut({ version: 5, args: [20, 1, 1] });
  assert(wide.length > narrow.length);
  assertMatch(await client.bytes.lolwut(), /ver\./);
});

commandTest("save() saves", { except: PER_NODE }, async (client) => {
  await filesAreDone(client);
  await client.set("k", "v");
  assertEquals(await client.save(), "OK");
  const { persistence } = (await client.info("persistence")).sections;
  assertEquals(persistence.rdb_changes_since_last_save, "0");
});

commandTest(
  "swapdb() exchanges databases",
  { except: { cluster: "a cluster has one database" } },
  async (client) => {
    await client.set("k", "v");
    assertEquals(await client.swapdb(0, 5), "OK");
    assertEquals(await client.get("k"), null);
    assertEquals(await client.swapdb(0, 5), "OK");
    assertEquals(await client.get("k"), "v");
    await assertRejects(() => client.swapdb(0, 1_000_000), ServerError);
  },
);

commandTest(
  "shutdown() has nothing to call off",
  { except: { cluster: "it needs a route there" } },
  async (client) => {
    await assertRejects(() => client.shutdown({ abort: true }), ServerError);
  },
);

serverTest("shutdown() ends the server", {}, async (client, server) => {
  assertEquals(await client.shutdown({ nosave: true }), undefined);
  await server.restart();
  assertEquals(await client.get("k"), null);
});

serverTest("shutdown() saves if it is told to", {}, async (client, server) => {
  await client.set("k", "v");
  await client.shutdown({ save: true, now: true, force: true });
  await server.restart();
  assertEquals(await client.get("k"), "v");
});

serverTest(
  "shutdown() takes what newer servers know",
  { needs: ["SHUTDOWN SAFE", "SHUTDOWN FAILOVER"] },
  async (client, server) => {
    await assertRejects(() => client.shutdown({ failover: true }), ServerError, "cluster mode");
    await client.shutdown({ safe: true, nosave: true });
    await server.restart();
    assertEquals(await client.ping(), "PONG");
  },
);
