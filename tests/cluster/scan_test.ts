/** Scans of a whole cluster: on a quiet one, and while slots move and primaries fail. */

import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { delay } from "@std/async/delay";
import {
  ClosedError,
  ClusterError,
  type ClusterScan,
  type RedisClusterClient,
  ServerError,
  TimeoutError,
} from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import { startCluster } from "../../lib/testing/mod.ts";
import { connect } from "./_connect.ts";

const COUNT = 20_000;

const cluster = await startCluster({
  shards: 3,
  replicas: 1,
  config: { "cluster-require-full-coverage": "no" },
});
cluster.unref();

const KEYS = Array.from({ length: COUNT }, (_, i) => `key${i}`);
await load();

/** Writes all keys, and waits until the replicas have them. */
async function load(): Promise<void> {
  await using client = await connect(cluster);
  for (let at = 0; at < COUNT; at += 1000) {
    const some = KEYS.slice(at, at + 1000);
    await client.mset(Object.fromEntries(some.map((key) => [key, "x"])));
  }
  assertEquals(await client.customCommand(["WAIT", 1, 10_000]), 1);
}

/** Every key must be there; more than once is allowed. */
function assertAll(found: Iterable<string>, what = KEYS): void {
  const set = new Set(found);
  const missing = what.filter((key) => !set.has(key));
  assert(missing.length === 0, `${missing.length} of ${what.length} keys are missing`);
  assertEquals(set.size, what.length);
}

/** Reads keys until there are `count`, or all. */
async function read(scan: ClusterScan, keys: string[], count = Infinity): Promise<void> {
  while (keys.length < count) {
    const { value, done } = await scan.next();
    if (done) return;
    keys.push(value);
  }
}

/** The shards, as the scan comes by them: it begins with the owner of slot 0. */
async function shardsInOrder(): Promise<number[]> {
  const shards = await Promise.all([0, 1, 2].map(async (shard) => ({
    shard,
    first: (await cluster.slotsOf(shard))[0],
  })));
  return shards.sort((a, b) => a.first - b.first).map(({ shard }) => shard);
}

for (const protocol of [2, 3] as const) {
  Deno.test(`scanIterator() yields every key of a quiet cluster once [RESP${protocol}]`, async () => {
    await using client = await connect(cluster, { protocol });
    const found: string[] = [];
    for await (const key of client.scanIterator({ count: 500 })) found.push(key);
    assertEquals(found.toSorted(), KEYS.toSorted());
  });
}

Deno.test("scanIterator() takes match, type and count, and yields bytes on a bytes view", async () => {
  await using client = await connect(cluster);
  await client.customCommand(["RPUSH", "{list}1", "x"]);
  await client.customCommand(["RPUSH", "list2", "x"]);
  const all = async <T>(scan: AsyncIterable<T>) => {
    const items: T[] = [];
    for await (const item of scan) items.push(item);
    return items;
  };
  assertEquals(
    (await all(client.scanIterator({ match: "key1999?", count: 1000 }))).sort(),
    Array.from({ length: 10 }, (_, i) => `key1999${i}`),
  );
  assertEquals((await all(client.scanIterator({ type: "list", count: 1000 }))).sort(), [
    "list2",
    "{list}1",
  ]);
  assertEquals(await all(client.scanIterator({ match: "nothing*", count: 1000 })), []);
  const bytes = Uint8Array.of(0xff, 0x00, 0x7b);
  await client.set(bytes, 1);
  assertEquals(
    await all(client.bytes.scanIterator({ match: Uint8Array.of(0xff, 0x2a), count: 1000 })),
    [bytes],
  );
  assertEquals(await client.del(["{list}1", "list2", bytes]), 3);
});

Deno.test("a scan goes on from its state: at any point, with another client, in another process", async () => {
  await using first = await connect(cluster);
  await using second = await connect(cluster);
  const scan = first.scanIterator({ match: "key*", count: 100 });
  const found: string[] = [];
  const parts: [string, number][] = [[scan.state(), 0]];
  for (const count of [1, 99, 100, 101, 5000, 10_001, 19_999]) {
    await read(scan, found, count);
    parts.push([scan.state(), found.length]);
  }
  await read(scan, found);
  assertAll(found);
  parts.push([scan.state(), found.length]);
  for (const [state, count] of parts) {
    const rest: string[] = [];
    for await (const key of second.scanIterator({ match: "key*", count: 1000, resume: state })) {
      rest.push(key);
    }
    assertAll([...found.slice(0, count), ...rest]);
    // No more than a page of them comes again.
    assert(rest.length <= COUNT - count + 200, `${rest.length} after ${count}`);
  }
  const [state, count] = parts[5];
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-net",
      "--no-check",
      new URL("_resume.ts", import.meta.url).pathname,
      String(cluster.nodes[2].port),
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(state));
  await writer.close();
  const { stdout } = await child.output();
  assertAll([...found.slice(0, count), ...JSON.parse(new TextDecoder().decode(stdout))]);
});

Deno.test("scanIterator() refuses a state that is none, or of another scan, at once", async () => {
  await using client = await connect(cluster);
  const state = client.scanIterator({ match: "key*" }).state();
  assertThrows(() => client.scanIterator({ resume: "nonsense" }), TypeError, "Cannot resume");
  for (const options of [{}, { match: "other*" }, { match: "key*", type: "set" }]) {
    assertThrows(
      () => client.scanIterator({ ...options, resume: state }),
      TypeError,
      "another match or type",
    );
  }
  const bytes = new TextEncoder().encode("key*");
  assertThrows(() => client.scanIterator({ match: bytes, resume: state }), TypeError);
});

Deno.test("leaving the loop, return() and the signal end a scan at once, and leave a state", async () => {
  await using client = await connect(cluster);
  const left = client.scanIterator({ count: 100 });
  for await (const key of left) {
    assert(key.startsWith("key"));
    break;
  }
  assertEquals(await left.next(), { value: undefined, done: true });
  const found: string[] = [];
  await read(client.scanIterator({ count: 1000, resume: left.state() }), found);
  assertAll(found);

  const controller = new AbortController();
  const aborted = client.with({ signal: controller.signal }).scanIterator({ count: 10 });
  await aborted.next();
  controller.abort(new Error("enough"));
  await assertRejects(() => read(aborted, []), Error, "enough");

  // In the middle of a page that does not come.
  const primaries = await cluster.primaries();
  const waiting = client.scanIterator({ count: 10 });
  await waiting.next();
  for (const node of primaries) node.pause();
  try {
    const pending = read(waiting, []);
    await delay(50);
    const start = performance.now();
    await waiting.return();
    await pending;
    assert(performance.now() - start < 200);
  } finally {
    for (const node of primaries) node.resume();
  }
  await cluster.agreed();
  const thrown = client.scanIterator();
  await thrown.next();
  await assertRejects(() => thrown.throw(new Error("mine")), Error, "mine");
});

/** Some slots of a shard; newer servers scan slot by slot, so where they are decides when they are scanned. */
async function slotsAt(shard: number, share: number, count: number): Promise<number[]> {
  const slots = await cluster.slotsOf(shard);
  const at = Math.floor(slots.length * share);
  return slots.slice(at, at + count);
}

Deno.test("slots that move to a node that was scanned already are not missed", async () => {
  await using client = await connect(cluster);
  const [first, second, third] = await shardsInOrder();
  // From a node that is to be scanned yet, from one that is being scanned, and to such a one.
  for (const [from, to] of [[third, first], [second, first], [first, second]]) {
    const scan = client.scanIterator({ count: 100 });
    const found: string[] = [];
    // The first node is done, the second is under way.
    await read(scan, found, 9000);
    const slots = await slotsAt(from, 0.8, 150);
    await cluster.moveSlots(slots, from, to);
    await read(scan, found);
    assertAll(found);
    await cluster.moveSlots(slots, to, from);
  }
});

Deno.test("slots that are away while their keys would be scanned, and come back, are not missed", async () => {
  await using client = await connect(cluster);
  const [first, second] = await shardsInOrder();
  const scan = client.scanIterator({ count: 100 });
  const found: string[] = [];
  await read(scan, found, 8000);
  const slots = await slotsAt(second, 0.5, 200);
  await cluster.moveSlots(slots, second, first);
  await read(scan, found, 12_500);
  await cluster.moveSlots(slots, first, second);
  await read(scan, found);
  assertAll(found);
});

Deno.test("slots that move to and fro all the time are not missed", async () => {
  await using client = await connect(cluster);
  const slots = (await cluster.slotsOf(0)).slice(0, 64);
  let moving = true;
  const moves = (async () => {
    for (let i = 0; moving; i++) await cluster.moveSlots(slots, i % 2, (i + 1) % 2);
    const at = new Set(await cluster.slotsOf(0));
    if (!at.has(slots[0])) await cluster.moveSlots(slots, 1, 0);
  })();
  for (let i = 0; i < 3; i++) {
    const found: string[] = [];
    await read(client.scanIterator({ count: 100 }), found);
    assertAll(found);
  }
  moving = false;
  await moves;
});

Deno.test("a slot that is held in the middle of its move is read on both sides", async () => {
  await using client = await connect(cluster);
  const [first, second] = await shardsInOrder();
  for (const [from, to] of [[first, second], [second, first]]) {
    const slots = await slotsAt(from, 0.5, 100);
    const move = await cluster.beginSlotMove(slots, from, to);
    const moved = await move.moveKeys(50);
    assertEquals(moved, 50);
    const found: string[] = [];
    const scan = client.scanIterator({ count: 200 });
    await read(scan, found, 7000);
    await move.moveKeys(20);
    await read(scan, found);
    assertAll(found);
    await move.finish();
    await cluster.agreed();
    await cluster.moveSlots(slots, to, from);
  }
});

Deno.test("a slot on its way to a node that owns none yet is read there", async () => {
  await using client = await connect(cluster);
  const added = await cluster.addShard({ replicas: 0 });
  const slots = (await cluster.slotsOf(0)).slice(0, 30);
  const move = await cluster.beginSlotMove(slots, 0, added);
  await move.moveKeys();
  for (let i = 0; i < 2; i++) {
    const found: string[] = [];
    const scan = client.scanIterator({ count: 200 });
    await read(scan, found, i === 0 ? Infinity : 10_000);
    if (i === 1) await move.finish();
    await read(scan, found);
    assertAll(found);
  }
  await cluster.removeShard(added);
});

Deno.test("a manual failover in the middle of a scan", async () => {
  await using client = await connect(cluster);
  const order = await shardsInOrder();
  for (const shard of [order[0], order[1]]) {
    const found: string[] = [];
    const scan = client.scanIterator({ count: 50 });
    await read(scan, found, 3000);
    await cluster.failover(shard);
    await read(scan, found);
    assertAll(found);
  }
});

Deno.test("a primary that is killed in the middle of its scan: the scan goes on with its replica", async () => {
  await using client = await connect(cluster, { requestTimeout: 250 });
  const [first] = await shardsInOrder();
  const found: string[] = [];
  const scan = client.scanIterator({ count: 50 });
  await read(scan, found, 3000);
  const victim = await cluster.killPrimary(first);
  await read(scan, found);
  assertAll(found);
  await victim.start();
  await cluster.agreed();
});

Deno.test("a primary that was restarted knows nothing of the cursor: it is scanned anew", async () => {
  await using own = await startCluster({ shards: 1, config: { appendonly: "yes" } });
  await using client = await connect(own, { requestTimeout: 250 });
  const some = KEYS.slice(0, 3000);
  await client.mset(Object.fromEntries(some.map((key) => [key, "x"])));
  const found: string[] = [];
  const scan = client.scanIterator({ count: 20 });
  await read(scan, found, 1000);
  await own.nodes[0].restart();
  await read(scan, found);
  assertAll(found, some);
  assert(found.length > 3500, "nothing was scanned anew");
});

Deno.test("slots without an owner: the keys of all others are yielded, then it is an error with a state", async () => {
  await using own = await startCluster({
    shards: 2,
    config: { "cluster-require-full-coverage": "no" },
  });
  await using client = await connect(own);
  const some = KEYS.slice(0, 1000);
  await client.mset(Object.fromEntries(some.map((key) => [key, "x"])));
  const lost = [8190, 8191];
  await Promise.all(own.nodes.map((node) => node.command(["CLUSTER", "DELSLOTS", ...lost])));
  const rest = some.filter((key) => !lost.includes(slotOf(key)));
  const scan = client.scanIterator({ count: 100 });
  const found: string[] = [];
  const error = await assertRejects(() => read(scan, found), ClusterError);
  assertEquals(error.slot, 8190);
  assertEquals(error.message, "Cannot complete the scan: no node of the cluster owns slot 8190");
  assertAll(found.filter((key) => !lost.includes(slotOf(key))), rest);
  await own.nodes[1].command(["CLUSTER", "ADDSLOTS", ...lost]);
  await own.agreed();
  const again: string[] = [];
  await read(client.scanIterator({ count: 100, resume: scan.state() }), again);
  // The new owner is scanned once more as a whole, the other one is not.
  const owned = new Set(await own.slotsOf(1));
  assertEquals(
    new Set(again),
    new Set(some.filter((key) => owned.has(slotOf(key)) && rest.includes(key))),
  );
});

Deno.test("closing the client ends its scans", async () => {
  const client: RedisClusterClient = await connect(cluster);
  const scan = client.scanIterator({ count: 10 });
  await scan.next();
  await client.close();
  await assertRejects(() => read(scan, []), ClosedError);
});

Deno.test("a lazy client whose cluster is away: the scan waits, until its signal", async () => {
  await using client = await connect({ host: "127.0.0.1", port: 1 }, { lazyConnect: true });
  const signal = AbortSignal.timeout(200);
  const error = await assertRejects(() => read(client.with({ signal }).scanIterator(), []));
  assert(!(error instanceof TimeoutError));
  assertInstanceOf(error, DOMException);
});

/** Makes a user on every node, and a client for it. */
async function connectAs(name: string, rules: string): Promise<RedisClusterClient> {
  for (const node of cluster.nodes.filter(({ running }) => running)) {
    await node.command([
      "ACL",
      "SETUSER",
      name,
      "reset",
      "on",
      ">secret",
      "~*",
      ...rules.split(" "),
    ]);
  }
  return connect(cluster, { credentials: { username: name, password: "secret" } });
}

Deno.test("scanIterator() does without INFO", async () => {
  const rules = [
    "+@all -info",
    "+@all -@dangerous +cluster|nodes",
    "+scan +cluster|slots +cluster|nodes",
  ];
  for (const [i, rule] of rules.entries()) {
    await using client = await connectAs(`user${i}`, rule);
    const found: string[] = [];
    for await (const key of client.scanIterator({ count: 1000 })) found.push(key);
    assertAll(found);
    assertEquals(found.length, COUNT, rule);
  }
});

Deno.test("without INFO a node whose connection was lost is scanned again, also in another process", async () => {
  await using client = await connectAs("reader", "+@all -info");
  const scan = client.scanIterator({ count: 100, match: "key*" });
  const found: string[] = [];
  await read(scan, found, 1000);
  const state = scan.state();
  const [shard] = await shardsInOrder();
  await (await cluster.primary(shard)).command(["CLIENT", "KILL", "USER", "reader"]);
  await read(scan, found);
  assertAll(found);
  assert(found.length >= COUNT + 1000, `${found.length}`);
  await using other = await connectAs("reader", "+@all -info");
  const rest: string[] = [];
  await read(other.scanIterator({ count: 100, match: "key*", resume: state }), rest);
  assertAll(rest);
});

Deno.test("scanIterator() without the right to run CLUSTER NODES says so at once", async () => {
  await using client = await connectAs("nobody", "+@all -cluster|nodes");
  const error = await assertRejects(
    () => client.scanIterator().next(),
    ServerError,
    "cluster|nodes",
  );
  assertEquals(error.code, "NOPERM");
});
