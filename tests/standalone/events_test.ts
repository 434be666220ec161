import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { type ClientEvent, ConnectionError } from "../../standalone/mod.ts";
import { startProxy, startServer } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { record } from "../_kit/recorded_events.ts";
import { connect } from "./_connect.ts";
import { isPending } from "../_kit/elapsed.ts";

const server = await startServer();
server.unref();

function typesOf(events: ClientEvent[]): string[] {
  return events.map(({ type }) => type);
}

Deno.test("events tell of lost, refused and opened connections, and end when the client is closed", async () => {
  await using proxy = await startProxy(server);
  const client = await connect(proxy);
  const { host, port } = proxy;
  const { events, ended } = record(client);
  await proxy.refuse();
  proxy.cut();
  await until("an attempt failed", () => Promise.resolve(typesOf(events).includes("reconnecting")));
  proxy.accept();
  await client.set("k", "v");
  await client.close();
  await ended;
  const types = typesOf(events);
  assertEquals(types[0], "disconnected");
  assertEquals(types.slice(-2), ["connected", "closed"]);
  assertEquals(new Set(types.slice(1, -2)), new Set(["reconnecting"]));
  for (const event of events.slice(0, -1)) {
    assert(
      event.type === "connected" || event.type === "disconnected" || event.type === "reconnecting",
    );
    assertEquals([event.host, event.port], [host, port]);
    if ("error" in event) assertInstanceOf(event.error, ConnectionError);
  }
});

Deno.test("events tell of a new primary", async () => {
  await using primary = await startServer({ replicas: 1 });
  const [replica] = primary.replicas;
  const client = await connect([primary, replica]);
  const { events, ended } = record(client);
  await primary.kill();
  await replica.promote();
  await client.set("k", "v");
  await client.close();
  await ended;
  const topology = events.filter((event) => event.type === "topology").at(-1);
  assertEquals(topology?.primaries, [{ host: replica.host, port: replica.port }]);
  assertEquals(topology?.replicas, []);
});

Deno.test("a client that connects lazily tells of its first connection", async () => {
  const client = await connect(server, { lazyConnect: true });
  const { events, ended } = record(client);
  assert(await isPending(ended));
  assertEquals(events, []);
  await client.set("k", "v");
  await client.close();
  await ended;
  assertEquals(typesOf(events), ["connected", "topology", "closed"]);
});

Deno.test("every reader gets every event, and a reader that leaves gets no more", async () => {
  await using proxy = await startProxy(server);
  const client = await connect(proxy);
  const [first, second] = [record(client), record(client.bytes)];
  const third: ClientEvent[] = [];
  const leaving = (async () => {
    for await (const event of client.events) {
      third.push(event);
      break;
    }
  })();
  proxy.cut();
  await client.get("k");
  await leaving;
  proxy.cut();
  await client.get("k");
  await client.close();
  await Promise.all([first.ended, second.ended]);
  assertEquals(first.events, second.events);
  assertEquals(typesOf(first.events), [
    ...["disconnected", "connected", "disconnected", "connected", "closed"],
  ]);
  assertEquals(typesOf(third), ["disconnected"]);
});

Deno.test("an iteration that begins after the end is over at once", async () => {
  const client = await connect(server);
  await client.close();
  assertEquals(await Array.fromAsync(client.events), []);
});

Deno.test("a reader that asks several times at once gets the events in order", async () => {
  await using proxy = await startProxy(server);
  const client = await connect(proxy);
  const iterator = client.events[Symbol.asyncIterator]();
  const asked = [iterator.next(), iterator.next(), iterator.next(), iterator.next()];
  proxy.cut();
  await client.get("k");
  await client.close();
  const results = await Promise.all(asked);
  assertEquals(results.map(({ value }) => value?.type), [
    "disconnected",
    "connected",
    "closed",
    undefined,
  ]);
  assertEquals(results[3].done, true);
});

Deno.test("a background failure is no unhandled rejection", async () => {
  const unhandled: unknown[] = [];
  const note = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    unhandled.push(event.reason);
  };
  addEventListener("unhandledrejection", note);
  try {
    await using proxy = await startProxy(server);
    await using client = await connect(proxy, { requestTimeout: 50, keepAlive: 10 });
    for (let i = 0; i < 5; i++) {
      proxy.cut();
      await client.get("k").catch(() => {});
      proxy.setFaults({ cutAfter: { toClient: 5 } });
      await client.get("k").catch(() => {});
      proxy.setFaults({});
      proxy.silence();
      await client.get("k").catch(() => {});
    }
    await until("it works again", async () => await client.set("k", "v") === "OK");
  } finally {
    removeEventListener("unhandledrejection", note);
  }
  assertEquals(unhandled, []);
});
