import { assert, assertEquals } from "@std/assert";
import { type Greeting, greetingIn, zoneIn } from "../../../lib/connection/greeting.ts";
import { ask } from "../../../lib/connection/ask.ts";
import { open } from "../../../lib/connection/open.ts";
import type { LinkSettings } from "../../../lib/connection/settings.ts";
import { startServer } from "../../../lib/testing/mod.ts";
import { credentials, settings } from "./_settings.ts";

const server = await startServer({ replicas: 1 });
server.unref();

/** Opens a connection: what the handshake learnt, and what CLIENT ID answers afterwards. */
async function greet(
  changes: Partial<LinkSettings>,
  { host, port }: { host: string; port: number } = server,
): Promise<{ greeting: Greeting | undefined; id: unknown }> {
  const connection = await open(
    { host, port },
    settings(changes),
    { budget: 10_000, signal: new AbortController().signal },
    { onClosed: () => {} },
  );
  const id = await ask(connection, ["CLIENT", "ID"]);
  connection.close(new Error("The test is over"));
  return { greeting: connection.greeting, id };
}

/** Puts a server into a zone. Returns the zone as the server tells it: undefined where the server has no zones. */
async function enterZone(zone: string): Promise<string | undefined> {
  await server.command(["CONFIG", "SET", "availability-zone", zone]).catch(() => {});
  return (await server.info("server")).availability_zone;
}

Deno.test("a RESP3 handshake tells the number of the connection and the role of the node", async () => {
  const primary = await greet({});
  assertEquals(primary.greeting?.protocol, 3);
  assertEquals(primary.greeting?.clientId, primary.id as number);
  assertEquals(primary.greeting?.role, "primary");
  const replica = await greet({}, server.replicas[0]);
  assertEquals(replica.greeting?.role, "replica");
});

Deno.test("a RESP2 handshake tells the number of the connection, but no role", async () => {
  const { greeting, id } = await greet({ protocol: 2 });
  assertEquals(greeting?.protocol, 2);
  assertEquals(greeting?.clientId, id as number);
  assertEquals(greeting?.role, undefined);
});

for (const protocol of [2, 3] as const) {
  Deno.test(`a handshake tells the availability zone of the node where that is wanted [RESP${protocol}]`, async () => {
    const zone = await enterZone("north 1");
    assert(zone === "north 1" || zone === undefined, zone);
    const { greeting } = await greet({ protocol, availabilityZone: true });
    assertEquals(greeting?.availabilityZone, zone);
    assertEquals(greeting?.protocol, protocol);
    await enterZone("");
    assertEquals(
      (await greet({ protocol, availabilityZone: true })).greeting?.availabilityZone,
      undefined,
    );
  });
}

Deno.test("a handshake succeeds where the user may not run INFO", async () => {
  await server.command(["ACL", "SETUSER", "poor", "on", ">pw", "+client", "-info"]);
  const { greeting } = await greet({
    availabilityZone: true,
    credentials: credentials({ username: "poor", password: "pw" }),
  });
  assertEquals(greeting?.protocol, 3);
  assertEquals(greeting?.availabilityZone, undefined);
});

Deno.test("greetingIn() reads the zone where the reply to HELLO has it", () => {
  const fields: [string, string | number][] = [
    ["server", "valkey"],
    ["version", "9.1.2"],
    ["id", 7],
    ["role", "replica"],
  ];
  assertEquals(greetingIn(new Map([...fields, ["availability_zone", "north"]])), {
    protocol: 3,
    clientId: 7,
    role: "replica",
    availabilityZone: "north",
    server: "valkey",
    version: "9.1.2",
  });
  const { availabilityZone } = greetingIn(new Map([...fields, ["availability_zone", ""]]));
  assertEquals(availabilityZone, undefined);
});

Deno.test("greetingIn() takes any other reply, because servers and proxies differ", () => {
  const nothing = {
    protocol: 3,
    clientId: undefined,
    role: undefined,
    availabilityZone: undefined,
    server: undefined,
    version: undefined,
  } as const;
  for (const reply of ["OK", null, new Map(), new Map([["id", "x"], ["role", "sentinel"]])]) {
    assertEquals(greetingIn(reply), nothing);
  }
});

Deno.test("zoneIn() finds no zone where none is configured", () => {
  assertEquals(zoneIn("# Server\r\navailability_zone:\r\nlistener0:name=tcp\r\n"), undefined);
  assertEquals(zoneIn("# Server\r\navailability_zone:a-1\r\nlistener0:name=tcp\r\n"), "a-1");
});
