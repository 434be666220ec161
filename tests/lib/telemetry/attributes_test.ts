import { assert, assertEquals } from "@std/assert";
import type { Carrier } from "../../../lib/connection/request.ts";
import type { Endpoint } from "../../../lib/connection/transport.ts";
import { Attributes } from "../../../lib/telemetry/attributes.ts";

function link(endpoint: Endpoint, peer?: Endpoint): Carrier {
  return { endpoint, peer } as Carrier;
}

Deno.test("Attributes make those of an outcome once", () => {
  const attributes = new Attributes(0);
  const get = attributes.of("GET");
  assert(attributes.of("GET") === get);
  const node = attributes.node(link({ host: "a", port: 1 }));
  assert(attributes.node(link({ host: "a", port: 1 })) === node);
  const fine = get.outcome(node, undefined);
  assert(get.outcome(node, undefined) === fine);
  const failure = { type: "ERR", code: "ERR" };
  assert(get.outcome(node, failure) === get.outcome(node, { ...failure }));
  assertEquals(get.outcome(node, failure).span, {
    "server.address": "a",
    "server.port": 1,
    "error.type": "ERR",
    "db.response.status_code": "ERR",
  });
  assertEquals(get.outcome(undefined, undefined).span, {});
  assertEquals(fine.metric, {
    "db.system.name": "redis",
    "db.namespace": "0",
    "db.operation.name": "GET",
    "server.address": "a",
    "server.port": 1,
  });
});

Deno.test("Attributes follow a link that leads elsewhere, and leave out the usual port", () => {
  const attributes = new Attributes(0);
  const node = { ...link({ host: "a", port: 6379 }, { host: "10.0.0.1", port: 6379 }) };
  assertEquals(attributes.node(node).attributes, {
    "server.address": "a",
    "network.peer.address": "10.0.0.1",
    "network.peer.port": 6379,
  });
  Object.assign(node, { peer: { host: "10.0.0.2", port: 6379 } });
  assertEquals(attributes.node(node).attributes["network.peer.address"], "10.0.0.2");
});

Deno.test("Attributes of a Unix domain socket have its path and no port", () => {
  const socket = { host: "/run/redis.sock", port: 0 };
  assertEquals(new Attributes(0).node(link(socket, socket)).attributes, {
    "server.address": "/run/redis.sock",
    "network.peer.address": "/run/redis.sock",
  });
});

Deno.test("Attributes of ever new nodes take no more and more memory", () => {
  const attributes = new Attributes(0);
  const get = attributes.of("GET");
  const first = get.outcome(attributes.node(link({ host: "n0", port: 1 })), undefined);
  for (let i = 1; i < 2500; i++) {
    get.outcome(attributes.node(link({ host: `n${i}`, port: 1 })), undefined);
  }
  // Made anew, so it was forgotten.
  assert(get.outcome(attributes.node(link({ host: "n0", port: 1 })), undefined) !== first);
});
