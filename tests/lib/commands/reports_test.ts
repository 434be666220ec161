import { assertEquals, assertThrows } from "@std/assert";
import { toClusterInfo, toClusterNodes } from "../../../lib/commands/_cluster_report.ts";
import { toShards, toSlotOwners } from "../../../lib/commands/_cluster_slots.ts";
import { toCommandInfo } from "../../../lib/commands/_command_info.ts";
import { toServerInfo } from "../../../lib/commands/_info_report.ts";
import { toMemoryStats } from "../../../lib/commands/_memory_stats.ts";
import { UnexpectedReplyError } from "../../../lib/errors.ts";
import type { Reply } from "../../../lib/resp/mod.ts";
import { startFakeServer } from "../../../lib/testing/mod.ts";
import { RedisClient } from "../../../standalone/mod.ts";

const ID = "07c37dfeb235213a872192d90877d0cd55635b91";
const OTHER = "67ed2db8d677e59ec4a4cefb06858cf2a1a89fa1";

Deno.test("toClusterNodes() reads every kind of address", () => {
  const addresses: [string, { host: string; port: number; busPort: number; hostname?: string }][] =
    [
      ["10.0.0.1:6379@16379", { host: "10.0.0.1", port: 6379, busPort: 16_379 }],
      ["10.0.0.1:6379@16379,a.example", {
        ...{ host: "10.0.0.1", port: 6379, busPort: 16_379, hostname: "a.example" },
      }],
      ["10.0.0.1:6379@16379,,shard-id=1,tls-port=0", {
        ...{ host: "10.0.0.1", port: 6379, busPort: 16_379 },
      }],
      ["2001:db8::1:6379@16379", { host: "2001:db8::1", port: 6379, busPort: 16_379 }],
      [":0@0", { host: "", port: 0, busPort: 0 }],
      ["10.0.0.1:6379", { host: "10.0.0.1", port: 6379, busPort: 0 }],
    ];
  for (const [address, expected] of addresses) {
    const [{ host, port, busPort, ...rest }] = toClusterNodes(
      `${ID} ${address} master - 0 1 2 connected\n`,
    );
    const hostname = rest.hostname === undefined ? {} : { hostname: rest.hostname };
    assertEquals({ host, port, busPort, ...hostname }, expected);
  }
});

Deno.test("toClusterNodes() reads roles, slots and slots that move", () => {
  const nodes = toClusterNodes(
    `${ID} 10.0.0.1:1@2 myself,master - 0 5 3 connected 0-9 12 [13->-${OTHER}] [14-<-${OTHER}]\n` +
      `${OTHER} 10.0.0.2:1@2 slave,fail? ${ID} 7 8 3 disconnected\n`,
  );
  assertEquals(nodes, [
    {
      id: ID,
      host: "10.0.0.1",
      port: 1,
      busPort: 2,
      role: "primary",
      flags: ["myself", "master"],
      primary: null,
      pingSent: 0,
      pongReceived: 5,
      configEpoch: 3,
      linkState: "connected",
      slots: [[0, 9], [12, 12]],
      migrating: [{ slot: 13, node: OTHER }],
      importing: [{ slot: 14, node: OTHER }],
    },
    {
      id: OTHER,
      host: "10.0.0.2",
      port: 1,
      busPort: 2,
      role: "replica",
      flags: ["slave", "fail?"],
      primary: ID,
      pingSent: 7,
      pongReceived: 8,
      configEpoch: 3,
      linkState: "disconnected",
      slots: [],
      migrating: [],
      importing: [],
    },
  ]);
});

Deno.test("reports in other notations are refused", () => {
  const refused: [(reply: Reply) => unknown, Reply[]][] = [
    [toClusterNodes, ["", "no report", `${ID} nowhere master - 0 1 2 connected`, 5]],
    [toClusterInfo, ["", "cluster_state:ok", null]],
    [toMemoryStats, [[], ["peak.allocated", 5], ["peak.allocated", "much"], "x"]],
    [toCommandInfo, [[], ["get", 2, []], null]],
    [toSlotOwners, [[[0, 1]], [[0, 1, []]], "x"]],
    [toShards, [[["slots", [0, 1]]], [5]]],
  ];
  for (const [decode, replies] of refused) {
    for (const reply of replies) assertThrows(() => decode(reply), UnexpectedReplyError);
  }
});

Deno.test("toSlotOwners() reads nodes with and without addresses, in both protocols", () => {
  const node = ["10.0.0.1", 6379, ID];
  const [owners] = toSlotOwners([
    [0, 5, [null, 1, ID, []], [...node, ["hostname", "a.example"]], [
      ...node,
      new Map([["ip", "10.0.0.1"]]),
    ], node],
  ]);
  assertEquals(owners.primary.host, null);
  assertEquals(owners.replicas.map(({ metadata }) => ({ ...metadata })), [
    { hostname: "a.example" },
    { ip: "10.0.0.1" },
    {},
  ]);
});

Deno.test("toShards() reads what nodes announce", () => {
  const node = new Map<Reply, Reply>([
    ...Object.entries({
      id: ID,
      "tls-port": 6380,
      ip: "10.0.0.1",
      endpoint: "a.example",
      hostname: "a.example",
      role: "replica",
      "replication-offset": 5,
      health: "loading",
      "availability-zone": "north",
    }),
  ]);
  assertEquals(toShards([["slots", [], "nodes", [node], "id", OTHER]]), [{
    id: OTHER,
    slots: [],
    nodes: [{
      id: ID,
      tlsPort: 6380,
      ip: "10.0.0.1",
      endpoint: "a.example",
      hostname: "a.example",
      role: "replica",
      replicationOffset: 5,
      health: "loading",
      availabilityZone: "north",
    }],
  }]);
});

Deno.test("toServerInfo() takes apart what is a list, and nothing else", () => {
  const { sections, details } = toServerInfo(
    "# Server\r\nexecutable:/a=b/c\r\nempty:\r\nuptime:x:y\r\n\r\n" +
      "# Keyspace\r\ndb0:keys=1,expires=0,avg_ttl=0\r\n" +
      "# Replication\r\nslave0:ip=::1,port=6379,state=online\r\n",
  );
  assertEquals({ ...sections.server }, { executable: "/a=b/c", empty: "", uptime: "x:y" });
  assertEquals(Object.keys(details), ["db0", "slave0"]);
  assertEquals({ ...details.db0 }, { keys: "1", expires: "0", avg_ttl: "0" });
  assertEquals(details.slave0.ip, "::1");
});

Deno.test("latencyLatest() reads sums where the server has them", async () => {
  await using server = await startFakeServer({ LATENCY: [["command", 5, 6, 7, 20, 3]] });
  await using client = await RedisClient.create(server.url);
  assertEquals(await client.latencyLatest(), [
    { event: "command", time: 5, latency: 6, max: 7, sum: 20, count: 3 },
  ]);
});
