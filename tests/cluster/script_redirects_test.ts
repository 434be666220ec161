/** Redirections of scripts: those that the server made are followed, those that a script made up are the caller's. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Argument, type RedisClusterClient, ServerError } from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import {
  type FakeConnection,
  type FakeNode,
  NO_REPLY,
  simple,
  startCluster,
  startFakeCluster,
} from "../../lib/testing/mod.ts";
import { connect } from "./_connect.ts";

const cluster = await startCluster({ shards: 3 });
cluster.unref();

const slots = await cluster.slotsOf(0);
const ofFirst = new Set(slots);

/** A key of the first shard that no other test has. */
function* keysOfFirst(): Generator<string, never> {
  for (let i = 0;; i++) if (ofFirst.has(slotOf(`key${i}`))) yield `key${i}`;
}

const keys = keysOfFirst();

/** Each way to run a script that counts, and then returns an error of its own. */
async function waysToRun(
  client: RedisClusterClient,
  key: string,
  error: string,
): Promise<Argument[][]> {
  const script = `redis.call('INCR', KEYS[1]) return redis.error_reply('${error}')`;
  const sha = await client.scriptLoad(script);
  await client.functionLoad(
    "#!lua name=forger\nredis.register_function('forge', function(keys, args) " +
      `redis.call('INCR', keys[1]) return redis.error_reply('${error}') end)`,
    { replace: true },
  );
  return [["EVAL", script, 1, key], ["EVALSHA", sha, 1, key], ["FCALL", "forge", 1, key]];
}

Deno.test("a script that writes and returns MOVED or ASK as its own error is executed once, by whatever command", async () => {
  for (const protocol of [2, 3] as const) {
    await using client = await connect(cluster, { protocol });
    const other = cluster.nodes[1];
    for (const code of ["MOVED", "ASK"]) {
      for (const slotIn of [(key: string) => slotOf(key), () => 3300, () => 99_999]) {
        const key = keys.next().value;
        const message = `${code} ${slotIn(key)} ${other.host}:${other.port}`;
        for (const [i, words] of (await waysToRun(client, key, message)).entries()) {
          const error = await assertRejects(() => client.customCommand(words), ServerError);
          assertEquals([error.message, error.command], [message, words[0]]);
          assertEquals(await client.get(key), String(i + 1), message);
        }
        // Nothing was learnt from it.
        assertEquals(await client.set(key, "x"), "OK");
      }
    }
  }
});

Deno.test("a script without keys is not sent away because of what it says", async () => {
  await using client = await connect(cluster);
  const { host, port } = cluster.nodes[1];
  const message = `MOVED 5 ${host}:${port}`;
  const words = ["EVAL", `return redis.error_reply('${message}')`, 0];
  const error = await assertRejects(() => client.customCommand(words), ServerError);
  assertEquals(error.message, message);
});

Deno.test("a script that forges ASK in a slot on its way is executed once at the source, and once at the target", async () => {
  await using client = await connect(cluster);
  const key = keys.next().value;
  await client.set(key, 0);
  const move = await cluster.beginSlotMove(slotOf(key), 0, 1);
  const { host, port } = cluster.nodes[1];
  const forge = (code: string, at: { host: string; port: number }): Argument[] => [
    "EVAL",
    `redis.call('INCR', KEYS[1]) return redis.error_reply('${code} ${
      slotOf(key)
    } ${at.host}:${at.port}')`,
    1,
    key,
  ];
  await assertRejects(() => client.customCommand(forge("ASK", { host, port })), ServerError);
  assertEquals(await client.get(key), "1");
  await move.moveKeys();
  // It is executed at the target, which ASK led to, and names the source.
  await assertRejects(
    () => client.customCommand(forge("MOVED", cluster.nodes[0])),
    ServerError,
  );
  assertEquals(await client.get(key), "2");
  await move.finish();
  assertEquals(await client.get(key), "2");
  await cluster.agreed();
});

Deno.test("scripts follow 300 slots that move there and back: none fails, each is executed once", async () => {
  await using client = await connect(cluster);
  const moving = slots.slice(0, 300);
  const wanted = new Set(moving);
  const counters: string[] = [];
  for (let i = 0; counters.length < 60; i++) {
    if (wanted.has(slotOf(`counter${i}`))) counters.push(`counter${i}`);
  }
  const acknowledged = new Map(counters.map((key) => [key, 0]));
  const script = "return redis.call('INCR', KEYS[1])";
  const sha = await client.scriptLoad(script);
  let running = true;
  const workers = counters.map(async (key, i) => {
    const words = i % 2 === 0 ? ["EVAL", script, 1, key] : ["EVALSHA", sha, 1, key];
    while (running) {
      await client.customCommand(words);
      acknowledged.set(key, acknowledged.get(key)! + 1);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });
  for (const [from, to] of [[0, 1], [1, 0]]) await cluster.moveSlots(moving, from, to);
  running = false;
  await Promise.all(workers);
  const values = await client.mget(counters);
  assertEquals(values, counters.map((key) => String(acknowledged.get(key))));
  const total = [...acknowledged.values()].reduce((sum, count) => sum + count, 0);
  assert(total > 500, `only ${total} scripts were executed`);
});

Deno.test("a function of a module that returns MOVED as its own error is executed once", async () => {
  await using fake = await startFakeCluster();
  const [other] = fake.nodes;
  const owner = fake.owner(slotOf("foo")) as FakeNode;
  // Name, arity, flags, and the one key: argument 1.
  const info = [["mod.run", -2, [simple("write")], 1, 1, 1]];
  let moved = false;
  const redirection = () => new ServerError(`MOVED ${slotOf("foo")} ${other.host}:${other.port}`);
  fake.handler = ({ name, args }, node) => {
    if (name === "COMMAND") return args[1].toUpperCase() === "INFO" ? info : [];
    if (name === "MOD.RUN") return node === other ? "done" : redirection();
    if (name === "EXISTS") return moved && node === owner ? redirection() : 1;
  };
  await using client = await connect(fake);
  await assertRejects(() => client.customCommand(["MOD.RUN", "foo"]), ServerError, "MOVED");
  assertEquals(owner.receivedOf("MOD.RUN").length, 1);
  moved = true;
  assertEquals(await client.customCommand(["MOD.RUN", "foo"]), "done");
});

/** A fake cluster whose owner of "foo" redirects what it gets, and keeps the replies back until the test sends them. */
async function startRedirecting() {
  const fake = await startFakeCluster();
  const owner = fake.owner(slotOf("foo")) as FakeNode;
  const other = fake.nodes.find((node) => node !== owner)!;
  const script = "return redis.call('SET', KEYS[1], ARGV[1])";
  const checked = Promise.withResolvers<FakeConnection>();
  const state = { redirecting: true, executed: [] as string[], target: other };
  const redirection = () =>
    new ServerError(`MOVED ${slotOf("foo")} ${state.target.host}:${state.target.port}`);
  fake.handler = ({ name, args, connection }, node) => {
    if (name !== "SET" && name !== "GET" && name !== "EVAL") return;
    if (node === owner && state.redirecting) {
      if (args[1] === script) return redirection();
      // The check comes last, since the request before it was sent together with the script.
      if (name === "EVAL") checked.resolve(connection);
      return NO_REPLY;
    }
    state.executed.push(name === "GET" ? "read" : args.at(-1)!);
    return simple("OK");
  };
  const run = (client: RedisClusterClient, text: string) =>
    client.eval(script, { keys: ["foo"], args: [text] });
  return { fake, state, run, checked: checked.promise, redirection };
}

Deno.test("a request that is redirected during the check of a script is sent before those that are called meanwhile", async () => {
  const { fake, state, run, checked, redirection } = await startRedirecting();
  await using _ = fake;
  await using client = await connect(fake);
  const calls = [run(client, "1"), client.set("foo", "2")];
  const connection = await checked;
  // They wait for the check.
  calls.push(client.set("foo", "3"), run(client, "4"));
  for (let i = 0; i < 2; i++) await connection.send(redirection());
  await Promise.all(calls);
  assertEquals(state.executed, ["1", "2", "3", "4"]);
});

Deno.test("a read that is lost during the check of a script is sent again before the requests that are called meanwhile", async () => {
  const { fake, state, run, checked } = await startRedirecting();
  await using _ = fake;
  await using client = await connect(fake);
  const script = assertRejects(() => run(client, "1"), ServerError, "MOVED");
  const read = client.get("foo");
  const connection = await checked;
  const write = client.set("foo", "2");
  state.redirecting = false;
  connection.cut();
  await Promise.all([script, read, write]);
  assertEquals(state.executed, ["read", "2"]);
});

Deno.test("requests that are called during the check of a script wait behind it if it must wait for another try", async () => {
  const { fake, state, run, checked, redirection } = await startRedirecting();
  await using _ = fake;
  await using client = await connect(fake);
  state.target = fake.owner(slotOf("foo")) as FakeNode;
  const calls: Promise<unknown>[] = [run(client, "1")];
  const connection = await checked;
  calls.push(client.set("foo", "2"), client.set("foo", "3"));
  state.redirecting = false;
  await connection.send(redirection());
  await Promise.all(calls);
  assertEquals(state.executed, ["1", "2", "3"]);
});

Deno.test("requests of a slot that has moved, or is on its way, are executed in the order of their calls, scripts included", async () => {
  await using client = await connect(cluster, { periodicTopologyCheck: 0 });
  const append = "return redis.call('APPEND', KEYS[1], ARGV[1])";
  const appendAll = async (key: string): Promise<string | null> => {
    const calls: Promise<unknown>[] = [
      client.append(key, "a"),
      client.eval(append, { keys: [key], args: ["b"] }),
      client.append(key, "c"),
      client.eval(append, { keys: [key], args: ["d"] }),
      client.transaction((t) => [t.append(key, "e")]),
      client.batch((b) => [
        b.eval(append, { keys: [key], args: ["f"] }),
        b.append(key, "g"),
        b.append(key, "h"),
      ]),
    ];
    // These are called while the others are being sent away.
    for (const text of "ijklmnop") {
      await new Promise((resolve) => setTimeout(resolve));
      calls.push(client.append(key, text));
    }
    await Promise.all(calls);
    return await client.get(key);
  };
  for (let i = 0; i < 3; i++) {
    const key = keys.next().value;
    const move = await cluster.beginSlotMove(slotOf(key), 0, 1);
    assertEquals(await appendAll(key), "abcdefghijklmnop", "on its way");
    await move.moveKeys();
    await move.finish();

    const other = keys.next().value;
    await cluster.moveSlots([slotOf(other)], 0, 1);
    assertEquals(await appendAll(other), "abcdefghijklmnop", "moved");
  }
  await cluster.agreed();
});
