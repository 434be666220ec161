import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ConnectionError, ServerError, TimeoutError } from "../../standalone/mod.ts";
import {
  type FakeHandler,
  type FakeScript,
  inTurn,
  type ServerAddress,
  ServerError as FakeError,
  startBlackHole,
  startFakeServer,
  startServer,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

const primary = await startServer({ replicas: 2 });
primary.unref();
const [first, second] = primary.replicas;

function unusedAddress(): ServerAddress {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return { host: "127.0.0.1", port: listener.addr.port };
}

Deno.test("create() finds the primary wherever it is among the addresses", async () => {
  for (const order of [[first, second, primary], [first, primary, second], [primary, first]]) {
    await using client = await connect(order);
    assertEquals(await client.set("k", "v"), "OK");
    assertEquals(await client.get("k"), "v");
  }
});

Deno.test("create() with two primaries ends at once and names them", async () => {
  await using other = await startServer();
  const { error, ran } = await measure(() => connect([primary, first, other]));
  assertInstanceOf(error, ConnectionError);
  assertStringIncludes(error.message, `${primary.host}:${primary.port}`);
  assertStringIncludes(error.message, `${other.host}:${other.port}`);
  assert(ran < 1000, `${ran} ms`);
});

Deno.test("lazyConnect with two primaries sends nothing to either, and works once there is one", async () => {
  await using other = await startServer();
  await using client = await connect([primary, other], { lazyConnect: true });
  for (let i = 0; i < 2; i++) {
    const error = await assertRejects(() => client.set("lazy", "v"), ConnectionError);
    assertStringIncludes(error.message, `${other.host}:${other.port}`);
  }
  for (const server of [primary, other]) {
    assertEquals(await server.command(["EXISTS", "lazy"]), 0);
  }
  await other.replicaOf(primary);
  assertEquals(await client.set("lazy", "v"), "OK");
});

Deno.test("create() without a primary uses its whole budget and tells what each address is", async () => {
  const { error, elapsed, ran } = await measure(() =>
    connect([first, second], { clientCreationTimeout: 300 })
  );
  assertInstanceOf(error, ConnectionError);
  for (const { host, port } of [first, second]) {
    assertStringIncludes(error.message, `${host}:${port} is a replica`);
  }
  assert(elapsed >= 299 && ran < 450, `${elapsed} ms, ${ran} of them running`);
});

Deno.test("create() waits inside its budget for a replica that is being promoted", async () => {
  await using own = await startServer({ replicas: 1 });
  const [replica] = own.replicas;
  await own.kill();
  const creating = measure(() => connect(own.replicas));
  await replica.promote();
  const { value, error } = await creating;
  assertEquals(error, undefined);
  await using client = value!;
  assertEquals(await client.set("k", "v"), "OK");
});

Deno.test("create() does without a dead replica", async () => {
  await using client = await connect([primary, unusedAddress(), first], {
    readFrom: "preferReplica",
  });
  assertEquals(await client.set("k", "v"), "OK");
});

Deno.test("create() waits for a silent replica no longer than half of its budget", async () => {
  await using hole = await startBlackHole();
  const { value, error, elapsed, ran } = await measure(() =>
    connect([hole, primary], { clientCreationTimeout: 600 })
  );
  assertEquals(error, undefined);
  await using client = value!;
  assert(elapsed >= 299 && ran < 500, `${elapsed} ms, ${ran} of them running`);
  assertEquals(await client.set("k", "v"), "OK");
});

Deno.test("create() does without replicas that are all dead, and reads from the primary", async () => {
  await using client = await connect([primary, unusedAddress(), unusedAddress()], {
    readFrom: "preferReplica",
  });
  await client.set("k", "v");
  assertEquals(await client.get("k"), "v");
});

Deno.test("create() with a dead primary tells so", async () => {
  const dead = unusedAddress();
  const error = await assertRejects(
    () => connect([first, dead], { clientCreationTimeout: 300 }),
    ConnectionError,
  );
  assertStringIncludes(error.message, `${first.host}:${first.port} is a replica`);
  assertStringIncludes(error.message, `${dead.host}:${dead.port}`);
  assertStringIncludes(error.message, "refused");
});

Deno.test("create() reads the role from INFO where an ACL forbids ROLE", async () => {
  const users = [{ name: "app", rules: "on >secret ~* +@all -role" }];
  await using own = await startServer({ replicas: 1, users });
  const credentials = { username: "app", password: "secret" };
  await using client = await connect([own.replicas[0], own], { credentials });
  assertEquals(await client.set("k", "v"), "OK");
});

/** Users of applications, by what they may do. */
const RULES = [
  "+@all -@dangerous",
  "+@read +@write",
  "+get +set",
  "+@all -role -info",
];

for (const protocol of [2, 3] as const) {
  for (const rules of RULES) {
    Deno.test(`a user who may ${rules} works with one address and with several [RESP${protocol}]`, async () => {
      const users = [{ name: "app", rules: `on >secret ~* ${rules}` }];
      await using own = await startServer({ replicas: 1, users });
      const [replica] = own.replicas;
      const credentials = { username: "app", password: "secret" };
      for (const addresses of [[own], [replica, own]]) {
        await using client = await connect(addresses, { credentials, protocol });
        assertEquals(await client.set("k", "v"), "OK");
        assertEquals(await client.get("k"), "v");
      }
      // Nothing but HELLO tells the role to some of them, which is enough to follow a failover.
      await using client = await connect([own, replica], { credentials, protocol });
      await replica.promote();
      await own.replicaOf(replica);
      assertEquals(await client.set("k", "new"), "OK");
      assertEquals(await replica.command(["GET", "k"]), "new");
    });
  }
}

const unknown = new FakeError("ERR unknown command");

Deno.test("one address that tells no role is used as the primary, at once", async () => {
  const noperm = new FakeError("NOPERM this user has no permissions");
  const scripts: FakeScript[] = [
    { HELLO: unknown, ROLE: unknown, INFO: unknown, CLIENT: unknown },
    { HELLO: unknown, ROLE: noperm, INFO: noperm },
    { HELLO: unknown, ROLE: ["witness", 0, []], INFO: "role:witness\r\n" },
    { HELLO: unknown, ROLE: unknown, INFO: "# Server\r\nversion:1\r\n" },
  ];
  for (const script of scripts) {
    await using proxy = await startFakeServer({ ...script, SET: "OK" });
    const { value, ran } = await measure(() => connect(proxy));
    await using client = value!;
    assert(ran < 500, `${ran} ms`);
    assertEquals(await client.set("k", "v"), "OK");
    await using lazy = await connect(proxy, { lazyConnect: true });
    assertEquals(await lazy.set("k", "v"), "OK");
  }
});

Deno.test("one address that closes the connection when it is asked for its role is used without asking", async () => {
  const cut: FakeHandler = (_, connection) => connection.cut();
  await using proxy = await startFakeServer({ ROLE: cut, INFO: cut, SET: "OK" });
  await using client = await connect(proxy, { periodicTopologyCheck: 10 });
  assertEquals(await client.set("k", "v"), "OK");
  const asked = proxy.receivedOf("ROLE").length;
  const { accepted } = proxy;
  for (let round = 0; round < 3; round++) {
    proxy.cut();
    await until("a write succeeds", async () => await client.set("k", "v") === "OK");
  }
  assertEquals(proxy.receivedOf("ROLE").length, asked);
  assertEquals(proxy.accepted, accepted + 3);
});

Deno.test("a server that dies when it is asked for its role is asked again", async () => {
  const cut: FakeHandler = (_, connection) => connection.cut();
  await using fake = await startFakeServer({
    ROLE: inTurn(cut, ["master", 0, []]),
    SET: "OK",
  });
  await using client = await connect(fake);
  assertEquals(await client.set("k", "v"), "OK");
  assertEquals(fake.receivedOf("ROLE").length, 2);
});

Deno.test("active replicas take writes; of two the first one gets them", async () => {
  const role = (host: string, port: number) => ["active-replica", host, port, "connected", 0];
  await using one = await startFakeServer({ SET: "OK", GET: "v" });
  await using other = await startFakeServer({ ROLE: role(one.host, one.port), SET: "OK" });
  one.script = { ...one.script as FakeScript, ROLE: role(other.host, other.port) };
  {
    await using client = await connect(other);
    assertEquals(await client.set("k", "v"), "OK");
  }
  await using client = await connect([one, other]);
  for (let i = 0; i < 10; i++) await client.set("k", "v");
  assertEquals([one.receivedOf("SET").length, other.receivedOf("SET").length], [10, 1]);
});

for (const state of ["connected", "stable_sync"]) {
  Deno.test(`a replica that says "replica" and "${state}" is read from`, async () => {
    await using own = await startFakeServer({ ROLE: ["master", []], GET: "from the primary" });
    await using replica = await startFakeServer({
      ROLE: ["replica", own.host, own.port, state],
      GET: "from the replica",
    });
    await using client = await connect([own, replica], { readFrom: "preferReplica" });
    assertEquals(await client.get("k"), "from the replica");
    replica.script = {
      ...replica.script as FakeScript,
      ROLE: ["replica", own.host, own.port, "full_sync"],
    };
    await using other = await connect([own, replica], { readFrom: "preferReplica" });
    assertEquals(await other.get("k"), "from the primary");
  });
}

Deno.test("of several addresses, one that tells its role in no way counts as unreachable", async () => {
  const script = { HELLO: unknown, ROLE: unknown, INFO: unknown, SET: "mute" };
  await using mute = await startFakeServer(script);
  await using open = await startFakeServer({ SET: "OK" });
  await using client = await connect([mute, open]);
  assertEquals(await client.set("k", "v"), "OK");
  assertEquals(mute.receivedOf("SET"), []);
});

Deno.test("create() ends at once, and says what to allow, where none of several addresses tells its role", async () => {
  const rules = "on >secret ~* +@all -role -info";
  const options = {
    users: [{ name: "app", rules }],
    config: { "rename-command": 'HELLO ""' },
  };
  await using one = await startServer(options);
  await using other = await startServer(options);
  const credentials = { username: "app", password: "secret" };
  const { error, ran } = await measure(() => connect([one, other], { credentials }));
  assertInstanceOf(error, ConnectionError);
  assert(ran < 1000, `${ran} ms`);
  assertStringIncludes(error.message, `${one.host}:${one.port}`);
  assertStringIncludes(error.message, "NOPERM");
  assertStringIncludes(error.message, "allow the user to run ROLE or INFO");
  assertInstanceOf(error.cause, ServerError);
  await using lazy = await connect([one, other], { credentials, lazyConnect: true });
  await assertRejects(() => lazy.set("k", "v"), ConnectionError, "allow the user");
  await using alone = await connect(one, { credentials });
  assertEquals(await alone.set("k", "v"), "OK");
});

Deno.test("create() with a sentinel says what is odd about it", async () => {
  await using sentinel = await startFakeServer({ ROLE: ["sentinel", ["mymaster"]] });
  const error = await assertRejects(
    () => connect(sentinel, { clientCreationTimeout: 200 }),
    ConnectionError,
  );
  assertStringIncludes(error.message, "sentinel");
});

Deno.test("a server that is loading is waited for", async () => {
  await using own = await startServer({
    config: { "enable-debug-command": "yes", "key-load-delay": "500", "save": "3600 1" },
  });
  await own.command(["DEBUG", "POPULATE", 1000]);
  await own.command(["SET", "k", "v"]);
  await own.command(["SAVE"]);
  await using client = await connect(own, { requestTimeout: 5000 });
  const loading = own.command(["DEBUG", "RELOAD", "NOSAVE"]);
  const value = await client.get("k");
  assertEquals(value, "v");
  await loading;
  const impatient = await startFakeServer({ GET: new FakeError("LOADING is on its way") });
  await using _impatient = impatient;
  await using other = await connect(impatient, { requestTimeout: 50 });
  const error = await assertRejects(() => other.get("k"), TimeoutError);
  assertInstanceOf(error.cause, ServerError);
});
