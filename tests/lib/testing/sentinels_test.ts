import { assertEquals, assertRejects } from "@std/assert";
import { ServerError, startSentinels, type TestServer } from "../../../lib/testing/mod.ts";
import { until } from "../../../lib/testing/_poll.ts";
import { progressOf, viewOf, whyNotAgreed } from "../../../lib/testing/_sentinel_view.ts";

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

Deno.test("failover() is triggered again when the sentinel aborts it", async () => {
  await using sentinels = await startSentinels({ replicas: 1 });
  const [first, second] = sentinels.nodes;
  const [sentinel] = sentinels.sentinels;
  const setInfoPeriod = (ms: number) => sentinel.command(["SENTINEL", "DEBUG", "info-period", ms]);
  // A replica is chosen only if its last INFO is not older than three periods, and the sentinel looks less often.
  await setInfoPeriod(15);
  const failover = sentinels.failover();
  const aborted = until("it is aborted", async () => {
    return (await sentinel.logs()).includes("-failover-abort-no-good-slave");
  });
  await Promise.race([aborted, failover]);
  await setInfoPeriod(100);
  assertEquals(await failover, second);
  assertEquals((await first.info("replication")).role, "slave");
  await aborted.catch(() => {});
});

/** A reply with the fields of an object. */
function fields(object: Record<string, unknown>): string[] {
  return Object.entries(object).flat().map(String);
}

Deno.test("progressOf() tells a failover that has chosen a replica from one that was aborted", () => {
  const progress = (port: number, flags: string, replica: string) =>
    progressOf(viewOf([fields({ port, flags }), [fields({ flags: replica })], []]), 1);
  assertEquals(progress(1, "master,failover_in_progress", "slave"), "undecided");
  assertEquals(progress(1, "master,failover_in_progress", "slave,promoted"), "chosen");
  assertEquals(progress(2, "master", "slave"), "chosen");
  assertEquals(progress(1, "master", "slave"), "aborted");
});

Deno.test("whyNotAgreed() says what is wrong", () => {
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
