/** Aborts, timeouts and closing, wherever a request is at that moment; nothing may be left of it (the sanitizers see to that). */

import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import {
  ClosedError,
  ClusterError,
  type RedisClusterClient,
  ServerError,
  TimeoutError,
} from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import {
  type FakeCluster,
  type FakeNode,
  simple,
  startCluster,
  startFakeCluster,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

const OK = simple("OK");
const KEYS = Array.from({ length: 100 }, (_, i) => `key${i}`);

/** Has one node keep commands of some names waiting for ever, in front of everything behind them. */
function hang(cluster: FakeCluster, hanging: FakeNode, ...names: string[]): void {
  const { handler } = cluster;
  cluster.handler = (command, node, connection) =>
    node === hanging && names.includes(command.name)
      ? new Promise<never>(() => {})
      : handler?.(command, node, connection);
}

/** Answers a few commands as an empty server would. */
function serve(cluster: FakeCluster): void {
  cluster.handler = ({ name, args }) => {
    if (["SET", "MSET", "FLUSHALL"].includes(name)) return OK;
    if (name === "GET") return null;
    if (name === "MGET") return args.slice(1).map(() => null);
    if (["DEL", "DBSIZE", "WAIT"].includes(name)) return 0;
  };
}

/** A key in one of the slots that a node owns. */
function keyOf(cluster: FakeCluster, node: FakeNode): string {
  return KEYS.find((key) => cluster.owner(slotOf(key)) === node)!;
}

Deno.test("an aborted request settles at once with the signal's reason, wherever it is", async () => {
  await using cluster = await startFakeCluster();
  const [first, second, third] = cluster.nodes;
  serve(cluster);
  cluster.assign(slotOf("orphan"), slotOf("orphan"));
  hang(cluster, first, "GET", "MGET", "DBSIZE", "BLPOP", "SET");
  const { handler } = cluster;
  cluster.handler = (command, node, connection) =>
    node === second && command.name === "GET"
      ? new ServerError("TRYAGAIN Multiple keys request during rehashing of slot")
      : handler?.(command, node, connection);
  await using client = await connect(cluster);
  await third[Symbol.asyncDispose]();
  await until("the client has noticed", async () => {
    const error = await client.with({ timeout: 20 }).get(keyOf(cluster, third)).catch((e) => e);
    return error instanceof TimeoutError && error.phase === "queued";
  });
  const requests: Record<string, (client: RedisClusterClient) => Promise<unknown>> = {
    "sent": (client) => client.set(keyOf(cluster, first), 1),
    "waiting for another try": (client) => client.get(keyOf(cluster, second)),
    "waiting for a connection": (client) => client.get(keyOf(cluster, third)),
    "without an owner of its slot": (client) => client.get("orphan"),
    "split": (client) => client.mget(KEYS),
    "sent to all primaries": (client) => client.customCommand(["DBSIZE"]),
    "blocking": (client) => client.customCommand(["BLPOP", keyOf(cluster, first), 0]),
  };
  for (const [where, make] of Object.entries(requests)) {
    const controller = new AbortController();
    const reason = new Error(`enough of what is ${where}`);
    const pending = measure(() => make(client.with({ signal: controller.signal, timeout: 5000 })));
    await delay(30);
    const start = performance.now();
    controller.abort(reason);
    const { error } = await pending;
    if (where !== "without an owner of its slot") assertEquals(error, reason, where);
    assert(performance.now() - start < 50, where);
    const early = await measure(() => make(client.with({ signal: controller.signal })));
    assertEquals(early.error, reason, where);
  }
  client.destroy();
});

Deno.test("fan-outs and split commands have one deadline, and what comes later is dropped", async () => {
  await using cluster = await startFakeCluster();
  const [, slow] = cluster.nodes;
  serve(cluster);
  const answer = Promise.withResolvers<void>();
  const { handler } = cluster;
  cluster.handler = async (command, node, connection) => {
    if (node === slow && ["MGET", "DBSIZE", "FLUSHALL"].includes(command.name)) {
      await answer.promise;
    }
    return handler?.(command, node, connection);
  };
  await using client = await connect(cluster);
  const hasty = client.with({ timeout: 100 });
  const outcomes = await Promise.all([
    measure(() => hasty.mget(KEYS)),
    measure(() => hasty.customCommand(["DBSIZE"])),
    measure(() => hasty.customCommand(["FLUSHALL"])),
  ]);
  for (const { error, elapsed, ran } of outcomes) {
    assertInstanceOf(error, TimeoutError);
    assertEquals(error.timeout, 100);
    assert(elapsed >= 80 && ran < 350, `${elapsed} ms, ${ran} of them running`);
  }
  answer.resolve();
  // The replies that come now are nobody's; the next ones are right.
  for (let i = 0; i < 20; i++) {
    assertEquals(await client.mget(["{a}1", "b"]), [null, null]);
    assertEquals(await client.customCommand(["DBSIZE"]), 0);
  }
});

Deno.test("10000 requests that time out leave nothing behind", async () => {
  await using cluster = await startFakeCluster();
  serve(cluster);
  for (const node of cluster.nodes) hang(cluster, node, "GET");
  await using client = await connect(cluster, { requestTimeout: 100 });
  const outcomes = await Promise.all(
    Array.from({ length: 10_000 }, (_, i) => client.get(`key${i}`).catch((error) => error)),
  );
  for (const error of outcomes) assertInstanceOf(error, TimeoutError);
  await until("nothing is in flight", async () => {
    // The limit counts what is under way.
    const limited = await connect(cluster, { inflightRequestsLimit: 1 });
    await limited.close();
    return true;
  });
});

for (const end of ["close", "destroy"] as const) {
  Deno.test(`${end}() in the middle of everything settles everything, and leaves nothing`, async () => {
    await using cluster = await startFakeCluster({ replicas: 1 });
    const [first, , second, , third] = cluster.nodes;
    serve(cluster);
    cluster.assign(slotOf("orphan"), slotOf("orphan"));
    hang(cluster, first, "GET", "DEL", "DBSIZE", "BLPOP", "SET");
    const { handler } = cluster;
    const added = await cluster.addNode();
    cluster.handler = (command, node, connection) => {
      if (node === second && command.name === "GET") {
        return new ServerError("TRYAGAIN Multiple keys request during rehashing of slot");
      }
      if (node === second && command.name === "SET") {
        return new ServerError(`ASK 1 ${added.host}:${added.port}`);
      }
      if (node === added && command.name === "SET") return new Promise<never>(() => {});
      return handler?.(command, node, connection);
    };
    const client = await connect(cluster, { requestTimeout: 400, readFrom: "preferReplica" });
    await third[Symbol.asyncDispose]();
    const requests = [
      client.set(keyOf(cluster, first), 1),
      client.get(keyOf(cluster, second)),
      client.set(keyOf(cluster, second), 1),
      client.get(keyOf(cluster, third)),
      client.set(keyOf(cluster, third), 1),
      client.get("orphan"),
      client.del(KEYS),
      client.customCommand(["DBSIZE"]),
      client.customCommand(["BLPOP", keyOf(cluster, first), 0]),
      client.customCommand(["NOSUCH", "x"]),
      client.with({ route: "allNodes" }).customCommand(["ECHO", "x"]),
    ];
    const outcomes = Promise.allSettled(requests);
    await delay(20);
    const { ran } = await measure(async () => await client[end]());
    if (end === "destroy") assert(ran < 200, `${ran} ms`);
    else assert(ran < 800, `${ran} ms`);
    const settled = await Promise.race([outcomes, delay(0).then(() => null)]);
    assert(settled !== null, "something is still pending");
    if (end === "destroy") {
      const closed = settled.filter((outcome) =>
        outcome.status === "rejected" && outcome.reason instanceof ClosedError
      );
      assert(closed.length >= 7, `only ${closed.length} were closed`);
    }
    await assertRejects(() => client.get("foo"), ClosedError);
    await assertRejects(() => client.customCommand(["DBSIZE"]), ClosedError);
    await until("nothing is connected", () => {
      return Promise.resolve(cluster.nodes.every((node) => {
        // A node that hangs does not even read that its peer has gone.
        return node === first || node === added || node.connections.length === 0;
      }));
    });
    await client.close();
    client.destroy();
  });
}

Deno.test("close() waits for what was sent, and takes nothing new", async () => {
  await using cluster = await startFakeCluster();
  const [first] = cluster.nodes;
  serve(cluster);
  const answer = Promise.withResolvers<void>();
  const { handler } = cluster;
  cluster.handler = async (command, node, connection) => {
    if (command.name === "SET") await answer.promise;
    return handler?.(command, node, connection);
  };
  const client = await connect(cluster);
  const writes = KEYS.map((key) => client.set(key, 1));
  await first.waitFor("SET");
  const closing = client.close();
  await assertRejects(() => client.get("foo"), ClosedError);
  answer.resolve();
  for (const outcome of await Promise.all(writes)) assertEquals(outcome, "OK");
  await closing;
  await until("nothing is connected", () => {
    return Promise.resolve(cluster.nodes.every((node) => node.connections.length === 0));
  });
});

Deno.test("close() while a refresh is under way, and while the client is being created", async () => {
  await using cluster = await startFakeCluster();
  serve(cluster);
  const client = await connect(cluster);
  for (const node of cluster.nodes) hang(cluster, node, "CLUSTER");
  cluster.nodes[0].cut();
  await client.close();
  const { error } = await measure(() => connect(cluster, { clientCreationTimeout: 50 }));
  assertInstanceOf(error, TimeoutError);
});

Deno.test("a lazy client can be closed before anything, and while it looks for the cluster", async () => {
  await using cluster = await startFakeCluster();
  const unused = await connect(cluster, { lazyConnect: true });
  await unused.close();
  for (const node of cluster.nodes) hang(cluster, node, "CLUSTER");
  for (const end of ["close", "destroy"] as const) {
    const client = await connect(cluster, { lazyConnect: true, requestTimeout: 100 });
    const pending = measure(() => client.get("foo"));
    await delay(10);
    await client[end]();
    const { error } = await pending;
    if (end === "destroy") assertInstanceOf(error, ClosedError);
    else assertInstanceOf(error, TimeoutError);
  }
});

Deno.test("events end with the client, and an unread failure in the background is nobody's", async () => {
  await using cluster = await startFakeCluster();
  serve(cluster);
  const client = await connect(cluster);
  const types: string[] = [];
  const watching = (async () => {
    for await (const { type } of client.events) types.push(type);
  })();
  for (const node of cluster.nodes) node.cut();
  await until("all are connected again", () => {
    return Promise.resolve(types.filter((type) => type === "connected").length >= 3);
  });
  await client.close();
  await watching;
  assertEquals(types.filter((type) => type === "disconnected").length, 3);
  assertEquals(types.at(-1), "closed");
});

Deno.test("blocking requests on a real cluster delay nobody, and end on abort, timeout and close", async () => {
  await using cluster = await startCluster({ shards: 2 });
  const client = await connect(cluster.nodes[0]);
  const controller = new AbortController();
  const aborted = measure(() =>
    client.with({ signal: controller.signal }).customCommand(["BLPOP", "a", 0])
  );
  const expiring = client.customCommand(["BLPOP", "b", 0.1]);
  const closing = measure(() => client.customCommand(["BLPOP", "c", 0]));
  const start = performance.now();
  for (let i = 0; i < 50; i++) await client.mget(["a", "b", "c"]);
  assert(performance.now() - start < 2000);
  controller.abort(new Error("enough"));
  assertEquals(((await aborted).error as Error).message, "enough");
  assertEquals(await expiring, null);
  const ended = await measure(() => client.close());
  assert(ended.ran < 500, `${ended.elapsed} ms`);
  assertInstanceOf((await closing).error, ClosedError);
});

Deno.test("refused transactions take no place in flight: the limit stays exact, and close() waits for what was sent", async () => {
  await using cluster = await startFakeCluster();
  serve(cluster);
  await using client = await connect(cluster, { inflightRequestsLimit: 3 });
  for (let i = 0; i < 5; i++) {
    await assertRejects(
      () => client.transaction((t) => [t.set("a", 1), t.set("b", 1)]),
      ClusterError,
    );
  }
  await assertRejects(() =>
    client.batch(() => {
      throw new Error("the callback's own");
    })
  );
  const { handler } = cluster;
  let answer: (() => void) | undefined;
  const gate = new Promise<void>((resolve) => answer = resolve);
  cluster.handler = async (command, node, connection) => {
    if (command.name === "SET") await gate;
    return handler?.(command, node, connection);
  };
  const outcomes = Array.from(
    { length: 8 },
    (_, i) => client.set(`key${i}`, i).catch((error: Error) => error),
  );
  const refused = (await Promise.all(outcomes.slice(3))).map((error) => (error as Error).name);
  assertEquals(refused, Array(5).fill("OverloadError"));
  await until(
    "three are written",
    () => Promise.resolve(cluster.nodes.flatMap((node) => node.receivedOf("SET")).length === 3),
  );
  const closing = client.close();
  answer!();
  assertEquals(await Promise.all(outcomes.slice(0, 3)), ["OK", "OK", "OK"]);
  await closing;
});

for (const end of ["close", "destroy"] as const) {
  Deno.test(`${end}() ends a scan that waits for a better map`, async () => {
    await using cluster = await startFakeCluster();
    const [node] = cluster.nodes;
    cluster.handler = ({ name }, { port }) =>
      name === "SCAN" || port === node.port && name === "INFO"
        ? new ServerError("CLUSTERDOWN no")
        : undefined;
    await using client = await connect(cluster, { requestTimeout: 50 });
    const next = assertRejects(() => client.scanIterator().next(), ClosedError);
    await delay(200);
    await client[end]();
    await next;
  });
}
