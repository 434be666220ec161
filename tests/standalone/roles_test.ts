import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ConnectionError, ServerError, TimeoutError } from "../../standalone/mod.ts";
import {
  type ServerAddress,
  ServerError as FakeError,
  startBlackHole,
  startFakeServer,
  startServer,
} from "../../lib/testing/mod.ts";
import { connect } from "./_connect.ts";
import { measure } from "./_elapsed.ts";

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
  const { error, elapsed } = await measure(() => connect([primary, first, other]));
  assertInstanceOf(error, ConnectionError);
  assertStringIncludes(error.message, `${primary.host}:${primary.port}`);
  assertStringIncludes(error.message, `${other.host}:${other.port}`);
  assert(elapsed < 1000, `${elapsed} ms`);
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
  const { error, elapsed } = await measure(() =>
    connect([first, second], { clientCreationTimeout: 300 })
  );
  assertInstanceOf(error, ConnectionError);
  for (const { host, port } of [first, second]) {
    assertStringIncludes(error.message, `${host}:${port} is a replica`);
  }
  assert(elapsed >= 299 && elapsed < 450, `${elapsed} ms`);
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
  const { value, error, elapsed } = await measure(() =>
    connect([hole, primary], { clientCreationTimeout: 600 })
  );
  assertEquals(error, undefined);
  await using client = value!;
  assert(elapsed >= 299 && elapsed < 500, `${elapsed} ms`);
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

Deno.test("an address that tells its role in no way counts as unreachable", async () => {
  const users = [{ name: "app", rules: "on >secret ~* +@all -role -info" }];
  await using mute = await startServer({ users });
  const credentials = { username: "app", password: "secret" };
  const { error } = await measure(() => connect(mute, { credentials, clientCreationTimeout: 300 }));
  assertInstanceOf(error, ConnectionError);
  assertInstanceOf(error.cause, Error);
  assertStringIncludes(error.message, "NOPERM");
  assertStringIncludes(error.message, `${mute.host}:${mute.port}`);

  await using open = await startServer({ users: [{ ...users[0], rules: "on >secret ~* +@all" }] });
  await using client = await connect([mute, open], { credentials });
  assertEquals(await client.set("k", "v"), "OK");
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
