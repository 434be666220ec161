/** Users who may run hardly anything. */

import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ConnectionError, ServerError } from "../../standalone/mod.ts";
import { startProxy, startServer } from "../../lib/testing/mod.ts";
import { connect } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

const RULES = "on >secret ~* resetchannels -@all +get +set";
const credentials = { username: "app", password: "secret" };
const server = await startServer({ users: [{ name: "app", rules: RULES }] });
server.unref();

for (const protocol of [2, 3] as const) {
  Deno.test(`a user who may run GET and SET only works with one address [RESP${protocol}]`, async () => {
    await using proxy = await startProxy(server);
    const { value: client, error, ran } = await measure(() =>
      connect(proxy, { credentials, protocol, clientName: protocol === 3 ? "app" : undefined })
    );
    assertEquals(error, undefined);
    await using _ = client!;
    assert(ran < 1000, `${ran} ms`);
    assertEquals(await client!.set("k", "v"), "OK");
    proxy.cut();
    assertEquals(await client!.get("k"), "v");
    for (const refused of [() => client!.incr("k"), () => client!.blpop("list", 1)]) {
      const { code } = await assertRejects(refused, ServerError);
      assertEquals(code, "NOPERM");
    }
    await assertRejects(() => client!.transaction((t) => [t.set("k", "w")]), ServerError, "NOPERM");
    assertEquals(await client!.get("k"), "v");
    // Newer credentials need no rights.
    await server.command(["ACL", "SETUSER", "app", ">newer"]);
    const newer = { username: "app", password: "newer" };
    await client!.updateCredentials(newer, { reauthenticate: true });
    assertEquals(await client!.get("k"), "v");
  });
}

Deno.test("with zones to be learnt such a user works as well", async () => {
  await using client = await connect(server, {
    credentials,
    readFrom: "azAffinity",
    clientAz: "north",
  });
  assertEquals(await client.set("k", "v"), "OK");
  assertEquals(await client.get("k"), "v");
});

Deno.test("with several addresses such a user works where HELLO tells the role", async () => {
  await using primary = await startServer({
    replicas: 1,
    users: [{ name: "app", rules: RULES }],
  });
  const [replica] = primary.replicas;
  await using client = await connect([replica, primary], { credentials });
  assertEquals(await client.set("k", "v"), "OK");
});

Deno.test("rights that create() needs and does not have are named at once", async () => {
  // The database has to be chosen.
  const { error, ran } = await measure(() => connect(server, { credentials, databaseId: 1 }));
  assertInstanceOf(error, ServerError);
  assertEquals([error.code, error.command], ["NOPERM", "SELECT"]);
  assert(ran < 1000, `${ran} ms`);
  // The role has to be known, and no address tells it.
  const options = {
    users: [{ name: "app", rules: RULES }],
    config: { "rename-command": 'HELLO ""' },
  };
  await using one = await startServer(options);
  await using other = await startServer(options);
  const several = await measure(() => connect([one, other], { credentials }));
  assertInstanceOf(several.error, ConnectionError);
  assert(several.ran < 1000, `${several.elapsed} ms`);
  assert(several.error.message.includes("allow the user to run ROLE or INFO"));
});
