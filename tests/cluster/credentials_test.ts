/** Credentials of a cluster client that change while it runs. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { ServerError } from "../../cluster/mod.ts";
import { startCluster } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { record } from "../_kit/recorded_events.ts";
import { connect } from "./_connect.ts";

const RULES = "on ~* &* +@all";
const cluster = await startCluster({
  shards: 3,
  users: [{ name: "app", rules: `${RULES} >pw-0` }, { name: "other", rules: `${RULES} >pw` }],
});
cluster.unref();

/** Gives the user `app` passwords at all nodes, and no others. */
async function setPasswords(...passwords: string[]): Promise<void> {
  const words = passwords.map((password) => `>${password}`);
  for (const node of cluster.nodes) {
    await node.command(["ACL", "SETUSER", "app", "resetpass", ...words]);
  }
}

Deno.test("passwords change under load at all nodes of a cluster: nothing fails", async () => {
  await setPasswords("pw-0");
  await using client = await connect(cluster, {
    credentials: { username: "app", password: "pw-0" },
  });
  const { events } = record(client);
  await Promise.all(Array.from({ length: 30 }, (_, i) => client.set(`key${i}`, i)));
  const results: Promise<unknown>[] = [];
  const popped = client.blpop("jobs", 0);
  for (let n = 1; n <= 5; n++) {
    await setPasswords(`pw-${n - 1}`, `pw-${n}`);
    const credentials = { username: "app", password: `pw-${n}` };
    const updating = client.updateCredentials(credentials, { reauthenticate: true });
    for (let i = 0; i < 30; i++) {
      results.push(client.incr(`n${i}`), client.mget(["a", "b", "c"]));
      results.push(client.transaction((t) => [t.incr(`n${i}`)]));
    }
    await updating;
    await setPasswords(`pw-${n}`);
    await delay(10);
  }
  await Promise.all(results);
  for (let i = 0; i < 30; i++) assertEquals(await client.get(`n${i}`), "10");
  await client.rpush("jobs", "x");
  assertEquals(await popped, ["jobs", "x"]);
  assertEquals(events, []);
});

Deno.test("another user at all nodes of a cluster: requests go on, and no node is taken for another one", async () => {
  await setPasswords("pw-0");
  await using client = await connect(cluster, {
    credentials: { username: "app", password: "pw-0" },
  });
  const { events } = record(client);
  const count = async (): Promise<void> => {
    await Promise.all(Array.from({ length: 30 }, (_, i) => client.incr(`m${i}`)));
  };
  const before = [count(), count()];
  await client.updateCredentials({ username: "other", password: "pw" }, { reauthenticate: true });
  await Promise.all([...before, count()]);
  assertEquals(await client.get("m7"), "3");
  await until("the old user is gone", async () => {
    for (const node of cluster.nodes) {
      if (String(await node.command(["CLIENT", "LIST"])).includes(" user=app ")) return false;
    }
    return true;
  });
  const types = new Set(events.map(({ type }) => type));
  assertEquals([...types].sort(), ["connected", "disconnected"]);
});

Deno.test("a node that refuses newer credentials does not keep the others from using them", async () => {
  await setPasswords("pw-0");
  await using client = await connect(cluster, {
    credentials: { username: "app", password: "pw-0" },
  });
  const { events } = record(client);
  const [late, ...others] = cluster.nodes;
  for (const node of others) await node.command(["ACL", "SETUSER", "app", ">next"]);
  const error = await assertRejects(
    () => client.updateCredentials({ username: "app", password: "next" }, { reauthenticate: true }),
    ServerError,
  );
  assertEquals(error.code, "WRONGPASS");
  await until("it was refused again", () => Promise.resolve(events.length >= 2));
  for (const event of events) {
    assert(event.type === "reauthenticationFailed");
    assertEquals(event.port, late.port);
  }
  await late.command(["ACL", "SETUSER", "app", ">next"]);
  await Promise.all(Array.from({ length: 30 }, (_, i) => client.set(`key${i}`, i)));
});
