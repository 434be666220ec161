import { assertEquals, assertRejects } from "@std/assert";
import { ServerError, startSentinels, type TestServer } from "../../../lib/testing/mod.ts";
import { viewOf, whyNotAgreed } from "../../../lib/testing/_sentinel_view.ts";

/** The port of the primary, as one sentinel says. */
async function portAt(sentinel: TestServer): Promise<number> {
  const reply = await sentinel.command(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main"]);
  return Number((reply as string[])[1]);
}

Deno.test("startSentinels() starts a primary, replicas and sentinels that can be restarted", async () => {
  await using sentinels = await startSentinels({ downAfter: 300 });
  assertEquals([sentinels.nodes.length, sentinels.sentinels.length], [3, 3]);
  const [first] = sentinels.nodes;
  assertEquals(await sentinels.primary(), first);
  assertEquals((await sentinels.replicas()).length, 2);
  assertEquals(sentinels.addresses, sentinels.sentinels.map(({ host, port }) => ({ host, port })));
  assertEquals(sentinels.addressMap("h", first.port), { host: "h", port: first.port });

  const [sentinel] = sentinels.sentinels;
  await sentinel.restart();
  assertEquals(await portAt(sentinel), first.port);
});

Deno.test("startSentinels() gives sentinels their own password, and announces host names behind proxies", async () => {
  await using sentinels = await startSentinels({
    replicas: 1,
    password: "of the nodes",
    sentinel: { password: "of the sentinels" },
    announceHostnames: true,
    proxies: true,
  });
  const [node] = sentinels.nodes;
  const [sentinel] = sentinels.sentinels;
  assertEquals([node.password, sentinel.password], ["of the nodes", "of the sentinels"]);
  assertEquals(
    await sentinel.command(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main"]),
    ["localhost", String(node.port)],
  );
  const { host, port } = sentinels.proxyOf(node);
  assertEquals(sentinels.addressMap("localhost", node.port), { host, port });
  assertEquals(sentinels.addresses[0].port, sentinels.proxyOf(sentinel).port);
  await assertRejects(() => sentinel.command(["GET", "k"]), ServerError, "unknown command");
});

Deno.test("whyNotAgreed() says what is wrong", () => {
  const fields = (object: Record<string, unknown>) => Object.entries(object).flat().map(String);
  const primary = { port: 1, flags: "master" };
  const replica = { port: 2, flags: "slave", "master-link-status": "ok", "master-port": 1 };
  const other = { flags: "sentinel" };
  const view = (changes: { primary?: object; replica?: object; other?: object } = {}) =>
    viewOf([
      fields({ ...primary, ...changes.primary }),
      [fields({ ...replica, ...changes.replica })],
      [fields({ ...other, ...changes.other })],
    ]);
  const why = (changes: Parameters<typeof view>[0]) =>
    whyNotAgreed([view(), view(changes)], [1, 2]);
  assertEquals(why({}), undefined);
  assertEquals(whyNotAgreed([], [1]), "no sentinel runs");
  assertEquals(why({ primary: { port: 3 } }), "the primary is on port 3 or 1");
  assertEquals(
    why({ primary: { flags: "s_down,master" } }),
    "the primary on port 1 is s_down,master",
  );
  const missing = "the node on port 2 is no replica in sync yet";
  assertEquals(why({ replica: { "master-link-status": "err" } }), missing);
  assertEquals(why({ replica: { "master-port": 9 } }), missing);
  assertEquals(why({ replica: { flags: "slave,disconnected" } }), missing);
  assertEquals(why({ other: { flags: "s_down,sentinel" } }), "a sentinel knows only 0 others");
});
