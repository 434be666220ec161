/** Commands go to the slot that a server finds for them: COMMAND GETKEYS, then CLUSTER KEYSLOT. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ClusterError } from "../../cluster/mod.ts";
import { refusal } from "../../lib/command_table/refused.ts";
import { type FakeCluster, simple, startFakeCluster, startServer } from "../../lib/testing/mod.ts";
import { keyedRows, randomCall, randomNumbers } from "../_kit/random_calls.ts";
import { askServer } from "../maintenance/command_source.ts";
import { RawConnection } from "../maintenance/raw_connection.ts";
import { connect } from "./_connect.ts";

const CALLS_PER_COMMAND = 25;
const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));

/** Commands that a client sends of its own accord. */
const OWN = new Set(["CLIENT", "CLUSTER", "COMMAND", "HELLO", "INFO", "PING", "READONLY"]);

/** Has a cluster answer everything, and tells who was asked what. */
function listen(cluster: FakeCluster): { node: unknown; args: readonly string[] }[] {
  const calls: { node: unknown; args: readonly string[] }[] = [];
  cluster.handler = ({ name, args }, node) => {
    if (OWN.has(name)) return;
    calls.push({ node, args });
    return simple("OK");
  };
  return calls;
}

Deno.test(`every command of the server that has keys goes to their slot (SEED=${seed})`, async () => {
  await using server = await startServer({ config: { "cluster-enabled": "yes" } });
  await using connection = await RawConnection.open(server);
  await using cluster = await startFakeCluster({ shards: 8 });
  const calls = listen(cluster);
  await using client = await connect(cluster.nodes[0]);
  const onServer = new Set<string>();
  for (const row of (await askServer(server)).rows) {
    for (const { name } of [row, ...row.subcommands?.values() ?? []]) onServer.add(name);
  }
  const random = randomNumbers(seed);
  const split = new Set<string>();
  let commands = 0;
  for (const row of keyedRows()) {
    if (!onServer.has(row.name) || refusal(row.name) !== undefined) continue;
    const attempts = Array.from({ length: CALLS_PER_COMMAND }, () => randomCall(row, random));
    let sent = 0;
    for (const [i, [attempt, keys]] of (await withKeys(connection, attempts)).entries()) {
      // Keys that share a slot but no other word does: where a word that is no key is taken for one, the call goes astray.
      const tag = `{${row.name}${i}}`;
      const words = attempt.map((word) => keys.includes(word) ? `${tag}${word}` : word);
      const [[, found]] = await withKeys(connection, [words]);
      const slots = await connection.commands(found.map((key) => ["CLUSTER", "KEYSLOT", key]));
      assertEquals(new Set(slots).size, 1, words.join(" "));
      const before = calls.length;
      try {
        await client.customCommand(words);
      } catch (error) {
        // A key without its value: servers tell its position all the same.
        assert(error instanceof TypeError && /MSET/.test(error.message), String(error));
        continue;
      }
      assertEquals(calls.length, before + 1, words.join(" "));
      assertEquals(calls[before].args, words);
      assertEquals(calls[before].node, cluster.owner(Number(slots[0])), words.join(" "));
      sent++;
      if (keys.length < 2) continue;
      // Keys of different slots: either split, with each part at its owner, or refused.
      if (row.requestPolicy === "multi_shard") {
        split.add(row.name);
        const from = calls.length;
        // The made-up replies are of no use.
        await client.customCommand(attempt).catch(() => {});
        const parts = calls.slice(from);
        assert(parts.length > 1, attempt.join(" "));
        for (const { node, args } of parts) {
          const [[, [key]]] = await withKeys(connection, [[...args]]);
          const [slot] = await connection.commands([["CLUSTER", "KEYSLOT", key]]);
          assertEquals(node, cluster.owner(Number(slot)), args.join(" "));
        }
      } else {
        const from = calls.length;
        await assertRejects(() => client.customCommand(attempt), ClusterError, "different slots");
        assertEquals(calls.length, from);
      }
    }
    assert(sent > 0, `no call of ${row.name} was in order`);
    commands++;
  }
  assert(commands > 150, `only ${commands} commands`);
  assertEquals([...split].sort(), ["DEL", "EXISTS", "MGET", "MSET", "TOUCH", "UNLINK"]);
});

/** The keys of calls, by the server's word; calls that it finds fault with, or no key in, are left out. */
async function withKeys(
  server: RawConnection,
  calls: string[][],
): Promise<[string[], string[]][]> {
  const replies = await server.commands(calls.map((call) => ["COMMAND", "GETKEYS", ...call]));
  return calls.map((call, i): [string[], string[]] => [call, replies[i] as string[]])
    .filter(([, keys]) => Array.isArray(keys) && keys.length > 0);
}

Deno.test("shard channels route like keys", async () => {
  await using cluster = await startFakeCluster({ shards: 8 });
  const calls = listen(cluster);
  await using client = await connect(cluster.nodes[0]);
  await client.customCommand(["SPUBLISH", "foo", "message"]);
  assertEquals(calls.map(({ node }) => node), [cluster.owner(12182)]);
});

Deno.test("commands without keys in this call go to some node", async () => {
  await using cluster = await startFakeCluster({ shards: 3 });
  const calls = listen(cluster);
  await using client = await connect(cluster.nodes[0]);
  await client.customCommand(["EVAL", "return 1", "0"]);
  await client.customCommand(["MIGRATE", "h", "1", "", "0", "1"]);
  await client.customCommand(["GET"]);
  await client.customCommand(["MGET"]);
  assertEquals(calls.length, 4);
});
