/** Multi-key commands over several slots: what is sent where, how it is put together, and what a failing part means. */

import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  ClusterError,
  ConnectionError,
  type Reply,
  ServerError,
  TimeoutError,
} from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import {
  type FakeClusterHandler,
  NO_REPLY,
  simple,
  startCluster,
  startFakeCluster,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

const real = await startCluster({ shards: 3 });
real.unref();

const OK = simple("OK");

/** Answers the multi-key commands in the way of a server whose value of each key is the key with a tick. */
const serve: FakeClusterHandler = ({ name, args }) => {
  const keys = args.slice(1);
  if (name === "MGET") return keys.map((key) => `${key}'`);
  if (name === "MSET") return OK;
  if (["DEL", "UNLINK", "EXISTS", "TOUCH"].includes(name)) return keys.length;
  if (name === "JSON.MGET") return keys.slice(0, -1).map((key) => `${key}${keys.at(-1)}`);
  if (name === "JSON.MSET") return OK;
};

const KEYS = Array.from({ length: 300 }, (_, i) => `key${i}`);

Deno.test("a split command is one request per slot, in one write per node", async () => {
  await using cluster = await startFakeCluster();
  cluster.handler = serve;
  await using proxies = new AsyncDisposableStack();
  const ways = new Map<string, { host: string; port: number }>();
  const counters = new Map<string, () => number>();
  for (const node of cluster.nodes) {
    const counter = proxies.use(new WriteCounter(node));
    ways.set(`${node.host}:${node.port}`, counter);
    counters.set(`${node.host}:${node.port}`, () => counter.chunks);
  }
  await using client = await connect(cluster.nodes[0], {
    addressMap: (host, port) => ways.get(`${host}:${port}`)!,
  });
  await client.mget(KEYS.slice(0, 3));
  for (const command of ["mget", "del", "unlink", "exists", "touch"] as const) {
    const before = [...counters.values()].map((count) => count());
    const sent = cluster.nodes.map((node) => node.received.length);
    await client[command](KEYS);
    assertEquals([...counters.values()].map((count, i) => count() - before[i]), [1, 1, 1], command);
    const slots = new Set(KEYS.map(slotOf)).size;
    const received = cluster.nodes.reduce(
      (sum, node, i) => sum + node.received.length - sent[i],
      0,
    );
    assertEquals(received, slots, command);
  }
  for (const node of cluster.nodes) {
    for (const { name, args } of node.received) {
      if (name !== "MGET") continue;
      const slots = new Set(args.slice(1).map(slotOf));
      assertEquals(slots.size, 1);
      assertEquals(cluster.owner([...slots][0]), node);
    }
  }
});

Deno.test("keys of one slot are not split", async () => {
  await using cluster = await startFakeCluster();
  cluster.handler = serve;
  await using client = await connect(cluster);
  assertEquals(await client.mget(["{a}1", "{a}2", "{a}1"]), ["{a}1'", "{a}2'", "{a}1'"]);
  assertEquals(await client.del(["{a}1", "{a}2"]), 2);
  const received = cluster.nodes.flatMap(({ received }) => received.map(({ args }) => args));
  assertEquals(received.filter(([name]) => name === "MGET" || name === "DEL"), [
    ["MGET", "{a}1", "{a}2", "{a}1"],
    ["DEL", "{a}1", "{a}2"],
  ]);
});

Deno.test("the shapes of JSON.MGET and JSON.MSET are split like those of the built-in commands", async () => {
  await using cluster = await startFakeCluster();
  cluster.handler = serve;
  await using client = await connect(cluster);
  assertEquals(
    await client.customCommand(["JSON.MGET", "a", "b", "c", "{a}2", "$.x"]),
    ["a$.x", "b$.x", "c$.x", "{a}2$.x"],
  );
  assertEquals(
    await client.customCommand(["JSON.MSET", "a", "$", "1", "b", "$", "2", "c", "$", "3"]),
    "OK",
  );
  const sent = cluster.nodes.flatMap((node) =>
    node.receivedOf("JSON.MSET").map(({ args }) => args)
  );
  assertEquals(sent.sort((a, b) => a[1] < b[1] ? -1 : 1), [
    ["JSON.MSET", "a", "$", "1"],
    ["JSON.MSET", "b", "$", "2"],
    ["JSON.MSET", "c", "$", "3"],
  ]);
});

Deno.test("MSET with a dangling key is refused before anything is sent", async () => {
  await using cluster = await startFakeCluster();
  await using client = await connect(cluster);
  const before = cluster.nodes.map(({ received }) => received.length);
  await assertRejects(() => client.customCommand(["MSET", "a", 1, "b"]), TypeError);
  assertEquals(cluster.nodes.map(({ received }) => received.length), before);
});

Deno.test("a failing part fails the call, which tells the keys that were applied and why the others were not", async () => {
  await using cluster = await startFakeCluster();
  const [full] = cluster.nodes;
  cluster.handler = (command, node, connection) =>
    command.name === "MSET" && node === full
      ? new ServerError("OOM command not allowed when used memory > 'maxmemory'.")
      : serve(command, node, connection);
  await using client = await connect(cluster);
  const error = await assertRejects(
    () => client.mset(Object.fromEntries(KEYS.map((key) => [key, "x"]))),
    ClusterError,
  );
  const ofFull = (key: string) => cluster.owner(slotOf(key)) === full;
  assertInstanceOf(error.cause, ServerError);
  assertEquals(error.cause.code, "OOM");
  assertEquals(error.partial!.applied.toSorted(), KEYS.filter((key) => !ofFull(key)).sort());
  assertEquals(error.partial!.failed.map(({ key }) => key).sort(), KEYS.filter(ofFull).sort());
  for (const { error: reason } of error.partial!.failed) {
    assertInstanceOf(reason, ServerError);
    assertEquals([reason.code, reason.command], ["OOM", "MSET"]);
  }
  assert(error.message.startsWith("Cannot complete MSET: it failed for "), error.message);
});

Deno.test("a part that is redirected, or must wait, holds up only itself", async () => {
  await using cluster = await startFakeCluster();
  const [first, second] = cluster.nodes;
  const waiting = new Set<string>();
  cluster.handler = (command, node, connection) => {
    const key = command.args[1];
    if (command.name !== "MGET") return;
    if (node === first) {
      return new ServerError(`MOVED ${slotOf(key)} ${second.host}:${second.port}`);
    }
    if (slotOf(key) % 2 === 0 && !waiting.has(key)) {
      waiting.add(key);
      return new ServerError("TRYAGAIN Multiple keys request during rehashing of slot");
    }
    return serve(command, node, connection);
  };
  await using client = await connect(cluster);
  assertEquals(await client.mget(KEYS), KEYS.map((key) => `${key}'`));
  assert(waiting.size > 10);
});

Deno.test("a write of which parts get no reply in time tells the keys that were applied", async () => {
  await using cluster = await startFakeCluster();
  const [, hanging] = cluster.nodes;
  cluster.handler = (command, node, connection) =>
    node === hanging ? NO_REPLY : serve(command, node, connection);
  await using client = await connect(cluster, { requestTimeout: 200, clientCreationTimeout: 400 });
  const { error, elapsed, ran } = await measure(() => client.del(KEYS));
  assertInstanceOf(error, ClusterError);
  assertInstanceOf(error.cause, TimeoutError);
  assert(elapsed >= 199 && ran < 450, `${elapsed} ms, ${ran} of them running`);
  const ofHanging = (key: string) => cluster.owner(slotOf(key)) === hanging;
  assertEquals(error.partial!.applied.toSorted(), KEYS.filter((key) => !ofHanging(key)).sort());
  assertEquals(error.partial!.failed.map(({ key }) => key).sort(), KEYS.filter(ofHanging).sort());
  for (const { error: reason } of error.partial!.failed) assertInstanceOf(reason, TimeoutError);
});

Deno.test("a read, or a write of which nothing was applied, just times out", async () => {
  await using cluster = await startFakeCluster();
  const [, hanging] = cluster.nodes;
  cluster.handler = (command, node, connection) =>
    node === hanging || command.args.includes("nothing")
      ? new Promise<never>(() => {})
      : serve(command, node, connection);
  const options = { requestTimeout: 300, clientCreationTimeout: 400 };
  await using reader = await connect(cluster, options);
  await assertRejects(() => reader.mget(KEYS), TimeoutError);
  await using writer = await connect(cluster, options);
  await assertRejects(
    () => writer.mset({ a: "nothing", b: "nothing", c: "nothing" }),
    TimeoutError,
  );
});

Deno.test("the phase of a timeout is that of all parts: queued only if nothing was sent", async () => {
  await using cluster = await startFakeCluster();
  const [first, ...others] = cluster.nodes;
  cluster.handler = serve;
  await using client = await connect(cluster);
  for (const node of others) await node[Symbol.asyncDispose]();
  const hasty = client.with({ timeout: 50 });
  const phaseOf = async (keys: string[]) =>
    (await assertRejects(() => hasty.mget(keys), TimeoutError)).phase;
  const ofFirst = KEYS.filter((key) => cluster.owner(slotOf(key)) === first);
  const ofOthers = KEYS.filter((key) => cluster.owner(slotOf(key)) !== first);
  await until("the client has noticed", async () => await phaseOf(ofOthers) === "queued");
  assertEquals(await phaseOf(ofOthers), "queued");
  assertEquals(await phaseOf([...ofOthers, ofFirst[0]]), "sent");
});

Deno.test("a connection that breaks in the middle: reads come again, writes may have been executed", async () => {
  await using cluster = await startFakeCluster();
  const [first] = cluster.nodes;
  let breaks = 0;
  cluster.handler = (command, node, connection) => {
    if (node === first && ["MGET", "MSET"].includes(command.name) && breaks-- > 0) {
      connection.cut();
      return NO_REPLY;
    }
    return serve(command, node, connection);
  };
  await using client = await connect(cluster);
  breaks = 1;
  assertEquals(await client.mget(KEYS), KEYS.map((key) => `${key}'`));
  breaks = 1;
  const error = await assertRejects(
    () => client.mset(Object.fromEntries(KEYS.map((key) => [key, "x"]))),
    ClusterError,
  );
  assertInstanceOf(error.cause, ConnectionError);
  assertEquals(error.cause.maybeExecuted, true);
  const ofFirst = KEYS.filter((key) => cluster.owner(slotOf(key)) === first);
  assertEquals(error.partial!.failed.map(({ key }) => key).sort(), ofFirst.sort());
});

Deno.test("a part that answers what it should not is an error, not a shifted list", async () => {
  await using cluster = await startFakeCluster();
  cluster.handler = (command, node, connection) =>
    command.name === "MGET" && node === cluster.nodes[1]
      ? ["only one", "and another", "too many"]
      : serve(command, node, connection);
  await using client = await connect(cluster);
  await assertRejects(() => client.mget(KEYS), Error, "expected an element for each key");
});

Deno.test("MGET, MSET, DEL, UNLINK, EXISTS, TOUCH over all slots of a real cluster", async () => {
  await using client = await connect(real);
  const values = Object.fromEntries(KEYS.map((key) => [key, `value of ${key}`]));
  assertEquals(await client.mset(values), "OK");
  assertEquals(await client.mget(KEYS), Object.values(values));
  const shuffled = [...KEYS, "missing", ...KEYS.toReversed()];
  assertEquals(await client.mget(shuffled), shuffled.map((key) => values[key] ?? null));
  assertEquals(await client.exists([...KEYS, "missing", "key1", "key1"]), KEYS.length + 2);
  assertEquals(await client.touch([...KEYS, "missing"]), KEYS.length);
  assertEquals(await client.del([...KEYS.slice(0, 100), "missing", "key1"]), 100);
  assertEquals(await client.unlink(KEYS), 200);
  assertEquals(await client.exists(KEYS), 0);
});

Deno.test("of two values for one key the last one wins, on a real cluster", async () => {
  await using client = await connect(real);
  await client.customCommand(["MSET", "a", 1, "b", 1, "c", 1, "a", 2, "{a}", 3, "a", 4]);
  assertEquals(await client.mget(["a", "b", "c", "{a}"]), ["4", "1", "1", "3"]);
});

Deno.test("binary keys and values survive splitting, and those that differ only in invalid UTF-8 stay apart", async () => {
  await using client = await connect(real);
  const keys = Array.from({ length: 256 }, (_, i) => Uint8Array.of(i, 0x00, 0x0d, 0x0a, 255 - i));
  const values = keys.map((key) => Uint8Array.from(key).reverse());
  const words = keys.flatMap((key, i) => [key, values[i]]);
  assertEquals(await client.customCommand(["MSET", ...words]), "OK");
  assertEquals(await client.bytes.mget(keys), values);
  const { bytes } = client;
  assertEquals(await bytes.customCommand(["MGET", ...keys]), values as Reply);
  assertEquals(await client.del(keys), 256);
});

Deno.test("keys of different slots in a command that cannot be split: ClusterError, and nothing is sent", async () => {
  await using cluster = await startFakeCluster();
  await using client = await connect(cluster);
  const before = cluster.nodes.map(({ received }) => received.length);
  for (
    const words of [
      ["RENAME", "a", "b"],
      ["MSETNX", "a", 1, "b", 2],
      ["SINTERSTORE", "{a}", "a", "b"],
      ["EVAL", "return 1", 2, "a", "b"],
      ["BITOP", "AND", "a", "b"],
      ["LMPOP", 2, "a", "b", "LEFT"],
      ["XREAD", "STREAMS", "a", "b", "0", "0"],
    ]
  ) {
    const error = await assertRejects(() => client.customCommand(words), ClusterError);
    assertEquals(error.slot, slotOf("a"));
    assert(error.message.startsWith(`Cannot send ${words[0]}: its keys are in different slots`));
  }
  assertEquals(cluster.nodes.map(({ received }) => received.length), before);
});

/** Passes bytes on like a proxy without faults, and counts the pieces in which they come from the client. */
class WriteCounter implements AsyncDisposable {
  readonly host = "127.0.0.1";
  readonly port: number;
  chunks = 0;
  readonly #listener: Deno.TcpListener;
  readonly #work: Promise<void>;

  constructor(target: { host: string; port: number }) {
    this.#listener = Deno.listen({ hostname: this.host, port: 0 });
    this.port = this.#listener.addr.port;
    this.#work = this.#accept(target);
  }

  async #accept(target: { host: string; port: number }): Promise<void> {
    const served: Promise<unknown>[] = [];
    for await (const client of this.#listener) {
      const server = await Deno.connect({ hostname: target.host, port: target.port });
      const count = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform: (chunk, controller) => {
          this.chunks++;
          controller.enqueue(chunk);
        },
      });
      served.push(client.readable.pipeThrough(count).pipeTo(server.writable).catch(() => {}));
      served.push(server.readable.pipeTo(client.writable).catch(() => {}));
    }
    await Promise.all(served);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#work;
  }
}
