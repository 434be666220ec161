import { assert, assertEquals, assertRejects } from "@std/assert";
import { retry } from "@std/async";
import { ServerError } from "../../../lib/errors.ts";
import type { Role } from "../../../lib/commands/mod.ts";
import { startServer } from "../../../lib/testing/mod.ts";
import { RedisClient } from "../../../standalone/mod.ts";
import { commandTest } from "../../_kit/command_tests.ts";
import { serverTest } from "../../_kit/server_tests.ts";

/** Waits for a role that meets a condition. */
function roleOf(
  client: { role(): Promise<Role> },
  met: (role: Role) => boolean,
): Promise<Role> {
  return retry(async () => {
    const role = await client.role();
    if (!met(role)) throw new Error(`The role is still ${JSON.stringify(role)}`);
    return role;
  }, { minTimeout: 10, maxTimeout: 100, maxAttempts: 200 });
}

commandTest("role() tells that a server is a primary", async (client) => {
  const role = await client.role();
  assert(role.role === "primary");
  assert(Number.isInteger(role.offset));
  assertEquals(role.replicas, []);
});

commandTest(
  "failover() needs a replica",
  { except: { cluster: "it needs a route there" } },
  async (client) => {
    await assertRejects(() => client.failover(), ServerError);
    await assertRejects(() => client.failover({ abort: true }), ServerError);
    await assertRejects(
      () => client.failover({ to: { host: "127.0.0.1", port: 1 }, timeout: 10, force: true }),
      ServerError,
    );
  },
);

commandTest(
  "replicaof() and slaveof() leave a primary a primary",
  { except: { cluster: "nodes of a cluster refuse it" } },
  async (client) => {
    assertEquals(await client.replicaof("no one"), "OK");
    assertEquals(await client.slaveof("no one"), "OK");
    assertEquals((await client.role()).role, "primary");
    const lonely = (client.replicaof as (host: string) => Promise<unknown>).bind(client);
    await assertRejects(() => lonely("localhost"), TypeError);
  },
);

serverTest("replicaof() and slaveof() make a replica", {}, async (client, server) => {
  await using other = await startServer();
  await other.command(["SET", "k", "v"]);
  for (const method of ["replicaof", "slaveof"] as const) {
    assertEquals(await client[method](other.host, other.port), "OK");
    await retry(async () => {
      const { master_link_status: state } = await server.info("replication");
      if (state !== "up") throw new Error(`The link is ${state}`);
    }, { minTimeout: 10, maxTimeout: 100, maxAttempts: 200 });
    assertEquals(await server.command(["GET", "k"]), "v");
    await server.promote();
    await server.command(["DEL", "k"]);
  }
});

serverTest("role() describes replicas", { replicas: 1 }, async (client, server) => {
  const role = await roleOf(client, hasReplica(server.replicas[0].port));
  assert(role.role === "primary");
  assert(role.replicas[0].offset >= 0 && role.replicas[0].offset <= role.offset);
  assertEquals(role.replicas[0].host, server.host);
});

serverTest("failover() has a replica take over", { replicas: 1 }, async (_, server) => {
  const [replica] = server.replicas;
  await using client = await RedisClient.create({
    addresses: [server, replica].map(({ host, port }) => ({ host, port })),
    requestTimeout: 10_000,
  });
  await roleOf(client, hasReplica(replica.port));
  assertEquals(
    await client.failover({ to: { host: replica.host, port: replica.port }, timeout: 5000 }),
    "OK",
  );
  const role = await roleOf(
    client,
    (role) => role.role === "replica" && role.state === "connected",
  );
  assert(role.role === "replica");
  assertEquals(role.primary, { host: replica.host, port: replica.port });
  assert(Number.isInteger(role.offset));

  // A write is refused there, and so shows the client the way.
  await client.set("k", "v");
  await roleOf(client, hasReplica(server.port));
});

function hasReplica(port: number): (role: Role) => boolean {
  return (role) => role.role === "primary" && role.replicas.some((one) => one.port === port);
}
