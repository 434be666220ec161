import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ServerError } from "../../../lib/errors.ts";
import { startServer } from "../../../lib/testing/mod.ts";
import { RedisClient } from "../../../standalone/mod.ts";
import { commandTest } from "../../_kit/command_tests.ts";
import { connectTo, serverTest } from "../../_kit/server_tests.ts";

commandTest("aclCat() lists categories and their commands", async (client) => {
  const categories = await client.aclCat();
  assert(categories.includes("read") && categories.includes("dangerous"));
  assert((await client.aclCat("hash")).includes("hget"));
  assert((await client.bytes.aclCat()).includes("read"));
  await assertRejects(() => client.aclCat("no-such-category"), ServerError);
});

commandTest("aclSetuser(), aclGetuser() and aclDeluser() make, tell and delete", async (client) => {
  await client.aclDeluser("ada");
  assertEquals(await client.aclGetuser("ada"), null);
  assertEquals(await client.aclSetuser("ada"), "OK");
  const rules = ["on", ">secret", "~app:*", "%R~other:*", "&news:*", "+@read", "-get"];
  assertEquals(await client.aclSetuser("ada", [...rules, "(+set ~x*)"]), "OK");

  const user = await client.aclGetuser("ada");
  assert(user !== null);
  assert(user.flags.includes("on"));
  assertEquals(user.passwords, [
    "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b",
  ]);
  assertEquals(user.commands, "-@all +@read -get");
  assertEquals(user.keys, "~app:* %R~other:*");
  assertEquals(user.channels, "&news:*");
  assertEquals(user.selectors.length, 1);
  const [selector] = user.selectors;
  assertEquals([selector.commands, selector.keys, selector.channels], ["-@all +set", "~x*", ""]);
  assertEquals(await client.bytes.aclGetuser("ada"), user);

  await assertRejects(() => client.aclSetuser("ada", "no-such-rule"), ServerError);
  await client.aclSetuser("bob");
  assertEquals(await client.aclDeluser(["ada", "bob", "nobody"]), 2);
  assertEquals(await client.aclDeluser("ada"), 0);
  await assertRejects(() => client.aclDeluser("default"), ServerError);
  await assertRejects(() => client.aclDeluser([]), RangeError);
});

commandTest("aclGetuser() tells databases", { needs: "CLUSTERSCAN" }, async (client) => {
  await client.aclSetuser("ada", ["reset", "(+get ~*)"]);
  const user = await client.aclGetuser("ada");
  assertEquals(typeof user?.databases, "string");
  assertEquals(typeof user?.selectors[0].databases, "string");
  await client.aclDeluser("ada");
});

commandTest("aclDryrun() tells what a user may do", async (client) => {
  await client.aclSetuser("ada", ["reset", "~app:*", "+get"]);
  assertEquals(await client.aclDryrun("ada", ["GET", "app:1"]), "OK");
  assertMatch(await client.aclDryrun("ada", ["SET", "app:1", "v"]), /permission/);
  assertMatch(await client.aclDryrun("ada", ["GET", "x"]), /key/);
  await assertRejects(() => client.aclDryrun("nobody", ["GET", "x"]), ServerError);
  await assertRejects(() => client.aclDryrun("ada", []), RangeError);
  await client.aclDeluser("ada");
});

commandTest("aclGenpass() makes passwords", async (client) => {
  assertMatch(await client.aclGenpass(), /^[0-9a-f]{64}$/);
  assertMatch(await client.aclGenpass(5), /^[0-9a-f]{2}$/);
  assert(await client.aclGenpass() !== await client.aclGenpass());
  await assertRejects(() => client.aclGenpass(0), ServerError);
});

commandTest("aclList(), aclUsers() and aclWhoami() tell of users", async (client) => {
  await client.aclSetuser("ada", ["reset", "+ping"]);
  const users = await client.aclUsers();
  assert(users.includes("ada") && users.includes("default"));
  const line = (await client.aclList()).find((line) => line.startsWith("user ada "));
  assertMatch(line!, / off .*\+ping/);
  assertEquals(await client.aclWhoami(), "default");
  assertEquals(await client.bytes.aclWhoami(), "default");
  await client.aclDeluser("ada");
});

commandTest("aclLog() is emptied", async (client) => {
  assertEquals(await client.aclLog({ reset: true }), "OK");
});

commandTest("aclLoad() and aclSave() need a file", async (client) => {
  await assertRejects(() => client.aclLoad(), ServerError);
  await assertRejects(() => client.aclSave(), ServerError);
});

serverTest("aclLog() tells what was refused", {}, async (client, { host, port }) => {
  await client.aclSetuser("ada", ["on", ">secret", "~app:*", "+@all", "-flushall"]);
  assertEquals(await client.aclLog(), []);
  {
    await using ada = await RedisClient.create({
      addresses: [{ host, port }],
      credentials: { username: "ada", password: "secret" },
    });
    await assertRejects(() => ada.flushall(), ServerError, "NOPERM");
    await assertRejects(() => ada.get("x"), ServerError, "NOPERM");
  }
  const [key, command] = await client.aclLog();
  assertEquals([command.reason, command.object], ["command", "flushall"]);
  assertEquals([key.reason, key.object], ["key", "x"]);
  assertEquals([key.username, key.context, key.count], ["ada", "toplevel", 1]);
  assert(key.ageSeconds >= 0 && key.ageSeconds < 60);
  assertEquals(key.clientInfo.user, "ada");
  assertEquals(key.clientInfo.cmd, "get");
  if (key.entryId !== undefined) {
    assertEquals(key.entryId, command.entryId! + 1);
    assert(key.timestampCreated! > 1_600_000_000_000);
    assert(key.timestampLastUpdated! >= key.timestampCreated!);
  }
  assertEquals((await client.bytes.aclLog(1)).length, 1);
  assertEquals(await client.aclLog({ reset: true }), "OK");
  assertEquals(await client.aclLog(), []);
});

Deno.test("aclSave() and aclLoad() write and read the file of the server", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const aclfile = `${folder}/users.acl`;
    await Deno.writeTextFile(aclfile, "user default on nopass ~* &* +@all\n");
    await using server = await startServer({ config: { aclfile } });
    await using client = await connectTo(server);
    await client.aclSetuser("ada", ["on", "nopass", "+ping"]);
    assertEquals(await client.aclSave(), "OK");
    assertMatch(await Deno.readTextFile(aclfile), /^user ada on nopass/m);
    await client.aclSetuser("ada", "off");
    assertEquals(await client.aclLoad(), "OK");
    assert((await client.aclGetuser("ada"))?.flags.includes("on"));
    await Deno.writeTextFile(aclfile, "nonsense\n");
    await assertRejects(() => client.aclLoad(), ServerError);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
