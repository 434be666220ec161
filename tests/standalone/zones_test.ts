/** Reads by availability zone: where zones come from, and which nodes answer. */

import { assertEquals } from "@std/assert";
import type { RedisClient, RedisClientConfiguration } from "../../standalone/mod.ts";
import {
  type FakeScript,
  type FakeServer,
  NO_REPLY,
  ServerError,
  startFakeServer,
  startProxy,
  startServer,
  type TestServer,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { record } from "../_kit/recorded_events.ts";
import { connect } from "./_connect.ts";

/** Who answered how many of some reads of `name`. */
async function answers(client: RedisClient, count = 60): Promise<Record<string, number>> {
  const names = await Promise.all(Array.from({ length: count }, () => client.get("name")));
  return Object.fromEntries(
    Object.entries(Object.groupBy(names, (name) => String(name))).map(([name, all]) => [
      name,
      all!.length,
    ]),
  );
}

/** Waits until some nodes answer all reads, in equal parts. */
async function answeredBy(client: RedisClient, ...names: string[]): Promise<void> {
  const expected = Object.fromEntries(names.map((name) => [name, 60 / names.length]));
  let last: unknown;
  await until(`reads are answered by ${names.join()}`, async () => {
    last = await answers(client);
    return JSON.stringify(Object.entries(last as object).sort()) ===
      JSON.stringify(Object.entries(expected).sort());
  }).catch((error) => {
    throw new Error(`${error.message}; last: ${JSON.stringify(last)}`);
  });
}

/** Whether a server has the directive `availability-zone`. */
async function knowsZones(server: TestServer): Promise<boolean> {
  const reply = await server.command(["CONFIG", "GET", "availability-zone"]);
  return Array.isArray(reply) && reply.length > 0;
}

/** Sources of the zone of a fake server. */
type Source = "hello" | "info" | "none";

/** A fake node of a zone, which answers reads with its name. */
function startNode(
  name: string,
  zone: string,
  source: Source,
  role: "master" | "slave" = "slave",
): Promise<FakeServer> {
  const script: FakeScript = {
    GET: name,
    ROLE: role === "master" ? ["master", 0, []] : ["slave", "127.0.0.1", 1, "connected", 0],
    HELLO: ({ args, connection }) => {
      if (args[1] !== "3") return undefined;
      connection.protocol = 3;
      return new Map<string, string | number>([
        ["proto", 3],
        ["id", connection.id],
        ["role", role === "master" ? "master" : "replica"],
        ...(source === "hello" ? [["availability_zone", zone] as [string, string]] : []),
      ]);
    },
    "INFO SERVER": source === "info"
      ? `# Server\r\nrun_id:${name}\r\navailability_zone:${zone}\r\n`
      : source === "none"
      ? new ServerError("NOPERM this user has no permissions to run the 'info' command")
      : `# Server\r\nrun_id:${name}\r\navailability_zone:\r\n`,
  };
  return startFakeServer(script);
}

/** A primary in zone far, and replicas a and b in zone near, c in zone far. */
async function startNodes(source: Source) {
  const nodes = {
    p: await startNode("p", "far", source, "master"),
    a: await startNode("a", "near", source),
    b: await startNode("b", "near", source),
    c: await startNode("c", "far", source),
  };
  return {
    ...nodes,
    connect: (options: Partial<RedisClientConfiguration>) =>
      connect(Object.values(nodes), { clientAz: "near", readFrom: "azAffinity", ...options }),
    async [Symbol.asyncDispose]() {
      for (const node of Object.values(nodes)) await node[Symbol.asyncDispose]();
    },
  };
}

for (const source of ["hello", "info"] as const) {
  for (const protocol of source === "hello" ? [3] as const : [2, 3] as const) {
    Deno.test(`zones are learnt from ${source.toUpperCase()} [RESP${protocol}]`, async () => {
      await using nodes = await startNodes(source);
      await using client = await nodes.connect({ protocol });
      await answeredBy(client, "a", "b");
      await using other = await nodes.connect({ protocol, clientAz: "far" });
      await answeredBy(other, "c");
    });
  }
}

Deno.test("where no node tells its zone, all replicas answer, and one event tells it", async () => {
  await using nodes = await startNodes("none");
  const client = await nodes.connect({});
  const { events, ended } = record(client);
  await answeredBy(client, "a", "b", "c");
  await answeredBy(client, "a", "b", "c");
  await client.close();
  await ended;
  const told = events.filter(({ type }) => type === "zonesUnknown");
  assertEquals(told, [{ type: "zonesUnknown", clientAz: "near" }]);
});

Deno.test("the zone is learnt again for each connection", async () => {
  await using nodes = await startNodes("info");
  await using client = await nodes.connect({});
  await answeredBy(client, "a", "b");
  // As after a failover of the machine: the same name, another zone.
  const { script } = nodes.a;
  (script as FakeScript)["INFO SERVER"] = "# Server\r\navailability_zone:far\r\n";
  (nodes.c.script as FakeScript)["INFO SERVER"] = "# Server\r\navailability_zone:near\r\n";
  nodes.a.cut();
  nodes.c.cut();
  await answeredBy(client, "b", "c");
});

Deno.test("a replica that loads, hangs or leaves: the next one of the rung, then the next rung", async () => {
  await using nodes = await startNodes("info");
  await using client = await nodes.connect({ requestTimeout: 2000 });
  await answeredBy(client, "a", "b");
  (nodes.a.script as FakeScript).GET = new ServerError("LOADING the data set");
  await answeredBy(client, "b");
  // It hangs: no reply to anything.
  const fast = client.with({ timeout: 100 });
  nodes.b.script = () => NO_REPLY;
  await until("reads are answered by the other zone", async () => {
    return await fast.get("name").catch(() => null) === "c";
  });
  await answeredBy(client, "c");
  await nodes.c[Symbol.asyncDispose]();
  await answeredBy(client, "p");
  (nodes.a.script as FakeScript).GET = "a";
  await answeredBy(client, "a");
});

Deno.test('"azAffinityReplicasAndPrimary" reads from a local primary before other replicas', async () => {
  await using nodes = await startNodes("info");
  const options = { readFrom: "azAffinityReplicasAndPrimary", clientAz: "far" } as const;
  await using client = await nodes.connect(options);
  await answeredBy(client, "c");
  await nodes.c[Symbol.asyncDispose]();
  await answeredBy(client, "p");
  await using affine = await nodes.connect({ readFrom: "azAffinity", clientAz: "far" });
  await answeredBy(affine, "a", "b");
});

Deno.test('"any" reads from all nodes in turn', async () => {
  await using nodes = await startNodes("none");
  await using client = await nodes.connect({ readFrom: "any", clientAz: undefined });
  await answeredBy(client, "a", "b", "c", "p");
  // No zone is asked for.
  const asked = nodes.a.receivedOf("HELLO").length;
  nodes.a.cut();
  await nodes.a.waitFor("HELLO", asked + 1);
  await answeredBy(client, "a", "b", "c", "p");
});

Deno.test("a real server: reads go to the replica of the zone, then to the other, then to the primary", async (t) => {
  await using primary = await startServer({ availabilityZone: "north", replicas: 2 });
  const [near, far] = primary.replicas;
  if (!await knowsZones(primary)) return void await t.step("skipped", () => {});
  await near.command(["CONFIG", "SET", "availability-zone", "south"]);
  await far.command(["CONFIG", "SET", "availability-zone", "west"]);
  await using proxy = await startProxy(near);
  const nodes = [primary, proxy, far];
  await using client = await connect(nodes, { readFrom: "azAffinity", clientAz: "south" });
  await client.set("k", "v");
  await client.wait(2, 5000);
  const reads = async (): Promise<number[]> => {
    const servers = [primary, near, far].filter(({ running }) => running);
    for (const node of servers) await node.command(["CONFIG", "RESETSTAT"]);
    for (let i = 0; i < 20; i++) assertEquals(await client.get("k"), "v");
    return await Promise.all(servers.map(async (node) => {
      const stats = (await node.info("commandstats"))["cmdstat_get"];
      return Number(/calls=(\d+)/.exec(stats ?? "")?.[1] ?? 0);
    }));
  };
  assertEquals(await reads(), [0, 20, 0]);
  await proxy.refuse();
  proxy.cut();
  await until("the other replica answers", async () => String(await reads()) === "0,0,20");
  await far.stop();
  await until("the primary answers", async () => String(await reads()) === "20,0");
  proxy.accept();
  await until("the local replica answers again", async () => String(await reads()) === "0,20");
});
