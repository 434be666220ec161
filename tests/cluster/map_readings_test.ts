import { assert, assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import { MapReadings } from "../../cluster/map_readings.ts";
import type { Reply } from "../../lib/resp/reply.ts";
import { UnexpectedReplyError } from "../../lib/errors.ts";

const ONE = { host: "10.0.0.1", port: 7000 };
const TWO = { host: "10.0.0.2", port: 7000 };

/** A map of two shards, as a server sends it in RESP3. */
function reply(hosts: (string | null)[] = ["10.0.0.1", "10.0.0.2"], hostname = "one.test"): Reply {
  return hosts.map((host, i) => [
    i * 8192,
    i * 8192 + 8191,
    [host, 7000, `id${i}`, new Map<Reply, Reply>([["hostname", hostname]])],
  ]);
}

Deno.test("MapReadings reads equal replies once", () => {
  const readings = new MapReadings();
  const topology = readings.read(reply(), ONE);
  assert(readings.read(reply(), TWO) === topology);
  assertEquals(topology.coverage, 16_384);
});

Deno.test("MapReadings reads replies that differ, in the slots or only in what is said about a node", () => {
  const readings = new MapReadings();
  const topology = readings.read(reply(), ONE);
  for (
    const other of [
      reply(["10.0.0.2", "10.0.0.1"]),
      reply(["10.0.0.1"]),
      reply(undefined, "two.test"),
      [...reply() as Reply[], [16_383, 16_383, ["10.0.0.3", 7000, "id3", []]]],
    ]
  ) {
    assertNotStrictEquals(readings.read(other, ONE), topology);
  }
  assertEquals(readings.read(reply(undefined, "two.test"), ONE).find("two.test:7000")?.id, "id1");
});

Deno.test("MapReadings reads a reply for each node that sent it if a node is at the host that answered", () => {
  for (const unnamed of [null, ""]) {
    const readings = new MapReadings();
    const hosts = [unnamed, "10.0.0.9"];
    assertEquals(readings.read(reply(hosts), ONE).shardOf(0)?.primary.host, ONE.host);
    assertEquals(readings.read(reply(hosts), TWO).shardOf(0)?.primary.host, TWO.host);
  }
});

Deno.test("MapReadings throws for each malformed reply", () => {
  const readings = new MapReadings();
  for (let i = 0; i < 2; i++) {
    assertThrows(() => readings.read([[0, 1, "no node"]], ONE), UnexpectedReplyError);
    assertThrows(() => readings.read([], ONE), UnexpectedReplyError);
  }
  assert(readings.busy > 0);
});
