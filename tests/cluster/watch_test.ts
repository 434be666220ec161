/** Watched keys while their slot moves, on a real cluster. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { ClusterError, type RedisClusterClient, ServerError } from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import { startCluster } from "../../lib/testing/mod.ts";
import { connect } from "./_connect.ts";

const cluster = await startCluster({ shards: 2 });
cluster.unref();

/** Each test has slots of its own, of shard 0 to begin with. */
const tags = (async function* () {
  const slots = new Set(await cluster.slotsOf(0));
  for (let i = 0;; i++) if (slots.has(slotOf(`tag${i}`))) yield `{tag${i}}`;
})();

async function nextTag(): Promise<string> {
  return (await tags.next()).value!;
}

/** Adds 1 to a number, by reading and writing it. */
function increment(client: RedisClusterClient, key: string, meanwhile?: () => Promise<void>) {
  return client.watch(key, async (session) => {
    const n = Number(await session.get(key));
    await meanwhile?.();
    return await session.transaction((t) => [t.set(key, n + 1), t.get(key)]);
  }, { retries: 10_000 });
}

for (const protocol of [2, 3] as const) {
  Deno.test(`watch() of a key that is not at the source of a slot move works at the target [RESP${protocol}]`, async () => {
    await using client = await connect(cluster, { protocol });
    const tag = await nextTag();
    await client.set(`${tag}moved`, 5);
    const move = await cluster.beginSlotMove(slotOf(tag), 0, 1);
    await move.moveKeys();
    assertEquals(await increment(client, `${tag}moved`), ["OK", "6"]);
    assertEquals(await increment(client, `${tag}new`), ["OK", "1"]);
    // Somebody else's change is noticed there, too.
    let runs = 0;
    const result = await increment(client, `${tag}moved`, async () => {
      if (++runs === 1) await client.set(`${tag}moved`, 10);
    });
    assertEquals([runs, result], [2, ["OK", "11"]]);
    await move.finish();
    assertEquals(await client.mget([`${tag}moved`, `${tag}new`]), ["11", "1"]);
    await cluster.agreed();
  });
}

Deno.test("watch() begins again when the key moves between WATCH and EXEC", async () => {
  await using client = await connect(cluster);
  const tag = await nextTag();
  await client.set(tag, 1);
  let runs = 0;
  // Before the callback has read anything, and after.
  const result = await client.watch(tag, async (session) => {
    const move = ++runs === 1 ? await cluster.beginSlotMove(slotOf(tag), 0, 1) : undefined;
    await move?.moveKeys();
    const n = Number(await session.get(tag));
    return await session.transaction((t) => [t.set(tag, n + 1), t.get(tag)]);
  });
  assertEquals([runs, result], [2, ["OK", "2"]]);
  await cluster.moveSlots([slotOf(tag)], 0, 1);
  const back = await cluster.beginSlotMove(slotOf(tag), 1, 0);
  runs = 0;
  const again = await increment(client, tag, async () => {
    if (++runs === 1) await back.finish();
  });
  assertEquals([runs, again], [2, ["OK", "3"]]);
  await cluster.agreed();
});

Deno.test("watch() of keys of which some have moved waits until they are together", async () => {
  await using client = await connect(cluster);
  const tag = await nextTag();
  const keys = [`${tag}1`, `${tag}2`];
  await client.mset({ [keys[0]]: 1, [keys[1]]: 2 });
  const move = await cluster.beginSlotMove(slotOf(tag), 0, 1);
  await move.moveTheseKeys([keys[0]]);
  const sum = client.watch(keys, async (session) => {
    const [a, b] = await session.mget(keys);
    return await session.transaction((t) => [t.set(keys[0], Number(a) + Number(b))]);
  });
  await delay(50);
  await move.finish();
  assertEquals(await sum, ["OK"]);
  assertEquals(await client.get(keys[0]), "3");
  await cluster.agreed();
});

Deno.test("watch() passes on an error that a script makes up, and runs the callback once", async () => {
  await using client = await connect(cluster);
  const tag = await nextTag();
  const moved = `MOVED ${slotOf(tag)} 127.0.0.1:${cluster.nodes[1].port}`;
  let runs = 0;
  await assertRejects(
    () =>
      client.watch(tag, async (session) => {
        runs++;
        await session.eval(
          `redis.call("INCR", KEYS[1]); return redis.error_reply("${moved}")`,
          { keys: [tag] },
        );
      }),
    ServerError,
    "MOVED",
  );
  assertEquals([runs, await client.get(tag)], [1, "1"]);
});

Deno.test("watch() begins again only if the callback fails by the move, and nothing was executed", async () => {
  await using client = await connect(cluster);
  const tag = await nextTag();
  await client.set(tag, 1);
  let runs = 0;
  await assertRejects(
    () =>
      client.watch(tag, async (session) => {
        runs++;
        await session.transaction((t) => [t.incr(tag)]);
        await cluster.moveSlots([slotOf(tag)], 0, 1);
        await session.get(tag);
      }),
    ServerError,
    "MOVED",
  );
  assertEquals([runs, await client.get(tag)], [1, "2"]);
  await cluster.moveSlots([slotOf(tag)], 1, 0);
  runs = 0;
  const caught = await client.watch(tag, async (session) => {
    runs++;
    await cluster.moveSlots([slotOf(tag)], 0, 1);
    return await session.get(tag).catch(() => "caught");
  });
  assertEquals([runs, caught], [1, "caught"]);
});

Deno.test("watch() refuses keys of several slots before anything is sent", async () => {
  await using client = await connect(cluster);
  await assertRejects(
    () => client.watch(["a", "b"], () => Promise.resolve()),
    ClusterError,
    "WATCH",
  );
});

Deno.test("watched counters are exact while their slots move", async () => {
  // A slot that soon goes back to its former owner can be lost by the servers: here each one moves once.
  await using moving = await startCluster({ shards: 2 });
  await using client = await connect(moving);
  const own = new Set(await moving.slotsOf(0));
  const counters = Array.from({ length: 100 }, (_, i) => `counter${i}`)
    .filter((key) => own.has(slotOf(key))).slice(0, 6);
  const acknowledged = counters.map(() => 0);
  let running = true;
  const work = Promise.all(Array.from({ length: 18 }, async (_, i) => {
    const at = i % counters.length;
    while (running) {
      await increment(client, counters[at]);
      acknowledged[at]++;
    }
  }));
  for (const key of counters) {
    const move = await moving.beginSlotMove(slotOf(key), 0, 1);
    await delay(20);
    await move.finish();
    await delay(20);
  }
  running = false;
  await work;
  assertEquals(
    await Promise.all(counters.map((key) => client.get(key))),
    acknowledged.map(String),
  );
  assert(acknowledged.every((count) => count > 10), `${acknowledged} prove nothing`);
});
