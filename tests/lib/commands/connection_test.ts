import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { retry } from "@std/async";
import { ServerError } from "../../../lib/errors.ts";
import { commandTest } from "../../_kit/command_tests.ts";
import { Recorder } from "../../_kit/recorder.ts";

const NODES = "each node has connections of its own";

commandTest("clientGetname() and clientSetname() name the connection", async (client) => {
  assertStrictEquals(await client.clientGetname(), null);
  assertEquals(await client.clientSetname("importer"), "OK");
  assertEquals(await client.clientGetname(), "importer");
  assertEquals(await client.bytes.clientGetname(), "importer");
  await assertRejects(() => client.clientSetname("two words"), ServerError);
});

commandTest("clientGetredir() and clientTrackinginfo() tell of tracking", async (client) => {
  assertEquals(await client.clientGetredir(), -1);
  const off = { flags: ["off"], redirect: -1, prefixes: [] };
  assertEquals(await client.clientTrackinginfo(), off);
  assertEquals(await client.bytes.clientTrackinginfo(), off);
});

commandTest(
  "clientId(), clientInfo() and clientList() report on connections",
  { except: { cluster: NODES } },
  async (client, { connect, protocol }) => {
    const other = await connect();
    await client.clientSetname("42");
    const id = await client.clientId();
    const otherId = await other.clientId();
    assert(otherId > id);

    const info = await client.clientInfo();
    assertEquals(info.id, id);
    assertStrictEquals(info.name, "42");
    assertEquals(info.resp, protocol);
    assertEquals(info.db, 0);
    assertEquals(info.user, "default");
    assertEquals(info.multi, -1);
    assertEquals(info.cmd, "client|info");
    assert(/:\d+$/.test(info.addr) && /:\d+$/.test(info.laddr));
    assert(info.totMem > 0 && info.qbufFree >= 0 && info.argvMem >= 0);
    assertEquals((await client.bytes.clientInfo()).id, id);

    const all = await client.clientList();
    assert(all.some((info) => info.id === id) && all.some((info) => info.id === otherId));
    assertEquals((await client.clientList({ id: otherId })).map(({ id }) => id), [otherId]);
    assertEquals((await client.clientList({ id: [id, otherId] })).length, 2);
    assertEquals(await client.clientList({ type: "pubsub" }), []);
  },
);

commandTest(
  "clientList() obeys all filters",
  { needs: "CLIENT LIST NOT-ID", except: { cluster: NODES } },
  async (client, { connect }) => {
    const other = await connect();
    await other.clientSetname("other");
    const id = await client.clientId();
    const otherId = await other.clientId();
    const { addr, laddr } = await other.clientInfo();
    const only = async (filter: Parameters<typeof client.clientList>[0]) =>
      (await client.clientList(filter)).map(({ id }) => id);

    assertEquals(await only({ name: "other" }), [otherId]);
    assertEquals(await only({ addr }), [otherId]);
    assertEquals(await only({ id: [id, otherId], skipme: true }), [otherId]);
    assertEquals((await only({ id: [id, otherId], skipme: false })).length, 2);
    assertEquals(await only({ id: [id, otherId], notId: id }), [otherId]);
    assertEquals(await only({ id: [id, otherId], notId: [id, otherId] }), []);
    assertEquals(
      await only({
        name: "other",
        laddr,
        user: "default",
        db: 0,
        flags: "N",
        ip: "127.0.0.1",
      }),
      [otherId],
    );
    assertEquals(
      await only({
        name: "other",
        notName: "x",
        notDb: 5,
        notIp: "10.0.0.1",
        notFlags: "S",
      }),
      [otherId],
    );
    assertEquals(
      await only({ name: "other", notType: "pubsub", notLibName: "x", notLibVer: "0" }),
      [otherId],
    );
    const { libName, libVer } = await other.clientInfo();
    assertEquals(await only({ name: "other", libName, libVer, notCapa: "r" }), [otherId]);
    assertEquals(await only({ name: "other", capa: "r" }), []);
    assertEquals(await only({ name: "other", notLaddr: laddr }), []);
    assertEquals(await only({ name: "other", maxage: 1000 }), []);
    assertEquals(await only({ name: "other", notAddr: addr }), []);
  },
);

commandTest(
  "clientKill() ends connections",
  { except: { cluster: NODES } },
  async (client, { connect }) => {
    const other = await connect();
    assertEquals(await client.clientKill({ addr: "127.0.0.1:1" }), 0);
    const id = await other.clientId();
    assertEquals(await client.clientKill({ id }), 1);
    assertEquals(await client.clientList({ id }), []);
    const { addr, laddr } = await other.clientInfo();
    assertEquals(await client.clientKill({ addr, laddr, type: "normal", user: "default" }), 1);
    assertEquals(await client.clientKill({ id: await client.clientId(), skipme: true }), 0);
    await assertRejects(() => client.clientKill({ user: "nobody" }), ServerError);
    await assertRejects(() => client.clientKill({}), ServerError);
  },
);

commandTest(
  "clientKill() spares the young",
  { needs: "CLIENT KILL MAXAGE", except: { cluster: NODES } },
  async (client, { connect }) => {
    const other = await connect();
    const id = await other.clientId();
    assertEquals(await client.clientKill({ id, maxage: 1000 }), 0);
  },
);

commandTest(
  "clientImportSource() needs import mode",
  { needs: "CLIENT IMPORT-SOURCE" },
  async (client) => {
    await assertRejects(() => client.clientImportSource("on"), ServerError);
    await client.customCommand(["CONFIG", "SET", "import-mode", "yes"]);
    try {
      assertEquals(await client.clientImportSource("on"), "OK");
      assertEquals(await client.clientImportSource("off"), "OK");
    } finally {
      await client.customCommand(["CONFIG", "SET", "import-mode", "no"]);
    }
  },
);

commandTest(
  "clientNoEvict() marks the connection",
  { except: { cluster: NODES } },
  async (client) => {
    assertEquals(await client.clientNoEvict("on"), "OK");
    assert((await client.clientInfo()).flags.includes("e"));
    assertEquals(await client.clientNoEvict("off"), "OK");
    assertEquals((await client.clientInfo()).flags, "N");
  },
);

commandTest(
  "clientNoTouch() marks the connection",
  { needs: "CLIENT NO-TOUCH", except: { cluster: NODES } },
  async (client) => {
    assertEquals(await client.clientNoTouch("on"), "OK");
    assert((await client.clientInfo()).flags.includes("T"));
    assertEquals(await client.clientNoTouch("off"), "OK");
  },
);

commandTest("clientPause() holds writes until clientUnpause()", async (client, { connect }) => {
  const other = await connect();
  assertEquals(await client.clientPause(60_000, { write: true }), "OK");
  let written = false;
  const write = other.set("k", "a").then(() => written = true);
  assertStrictEquals(await client.get("k"), null);
  assertEquals(written, false);
  assertEquals(await client.clientUnpause(), "OK");
  await write;
  assertEquals(await client.get("k"), "a");
});

commandTest("clientPause() holds everything", async (client) => {
  const began = performance.now();
  assertEquals(await client.clientPause(60, { all: true }), "OK");
  await client.get("k");
  assert(performance.now() - began >= 50);
  assertEquals(await client.clientPause(1), "OK");
});

commandTest("clientSetinfo() shows in the list", { needs: "CLIENT SETINFO" }, async (client) => {
  assertEquals(await client.clientSetinfo({ libName: "mine" }), "OK");
  assertEquals(await client.clientSetinfo({ libVer: "1.0" }), "OK");
  const { libName, libVer } = await client.clientInfo();
  assertStrictEquals(libName, "mine");
  assertStrictEquals(libVer, "1.0");
  await assertRejects(() => client.clientSetinfo({ libName: "two words" }), ServerError);
});

commandTest("clientUnblock() ends a wait", { except: { cluster: NODES } }, async (client) => {
  assertEquals(await client.clientUnblock(await client.clientId()), false);
  const waiting = client.blpop("k", 10);
  assertEquals(await client.clientUnblock(await blockedClient()), true);
  assertStrictEquals(await waiting, null);

  const refused = assertRejects(() => client.blpop("k", 10), ServerError, "UNBLOCKED");
  assertEquals(await client.clientUnblock(await blockedClient(), { error: true }), true);
  await refused;
  const over = client.blpop("k", 10);
  assertEquals(await client.clientUnblock(await blockedClient(), { timeout: true }), true);
  assertStrictEquals(await over, null);

  /** Id of the connection that waits, once there is one. */
  function blockedClient(): Promise<number> {
    return retry(async () => {
      const blocked = (await client.clientList()).find(({ flags }) => flags.includes("b"));
      if (blocked === undefined) throw new Error("No connection is blocked");
      return blocked.id;
    }, { minTimeout: 1, maxTimeout: 50, maxAttempts: 200 });
  }
});

commandTest("echo() sends a message there and back", async (client) => {
  assertEquals(await client.echo("hello"), "hello");
  assertEquals(await client.echo(5), "5");
  assertEquals(await client.bytes.echo(new Uint8Array([0, 255])), new Uint8Array([0, 255]));
});

commandTest("ping() answers PONG or the message", async (client) => {
  assertEquals(await client.ping(), "PONG");
  assertEquals(await client.ping("hello"), "hello");
  assertEquals(await client.bytes.ping(), "PONG");
  assertEquals(await client.bytes.ping("hello"), new TextEncoder().encode("hello"));
});

Deno.test("clientKill() takes 200 000 ids", () => {
  const recorder = new Recorder();
  const id = Array.from({ length: 200_000 }, (_, i) => i + 1);
  recorder.clientKill({ id });
  assertEquals(recorder.words.slice(0, 4), ["CLIENT", "KILL", "ID", 1]);
  assertEquals(recorder.words.length, 200_003);
});
