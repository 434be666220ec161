import { assertEquals } from "@std/assert";
import { type ClientEvent, Events } from "../../lib/events.ts";

function connected(port: number): ClientEvent {
  return { type: "connected", host: "localhost", port };
}

const CLOSED: ClientEvent = { type: "closed" };

/** Reads until the events end or `count` have come. */
async function take(events: AsyncIterable<ClientEvent>, count = Infinity): Promise<ClientEvent[]> {
  const taken: ClientEvent[] = [];
  for await (const event of events) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
}

function ports(events: readonly ClientEvent[]): (number | string)[] {
  return events.map((event) => event.type === "connected" ? event.port : event.type);
}

Deno.test("events come in their order, and end after closed", async () => {
  const events = new Events();
  const taken = take(events);
  events.emit(connected(1));
  events.emit({ type: "disconnected", host: "h", port: 2, error: new Error("Gone") });
  await Promise.resolve();
  events.emit({ type: "topology", primaries: [{ host: "h", port: 1 }], replicas: [] });
  events.emit(CLOSED);
  assertEquals((await taken).map(({ type }) => type), [
    "connected",
    "disconnected",
    "topology",
    "closed",
  ]);
});

Deno.test("an iteration begins with the next event", async () => {
  const events = new Events();
  events.emit(connected(1));
  const taken = take(events);
  events.emit(connected(2));
  events.emit(CLOSED);
  assertEquals(ports(await taken), [2, "closed"]);
});

Deno.test("each reader gets every event, in its own time", async () => {
  const events = new Events();
  const [quick, slow] = [take(events), events[Symbol.asyncIterator]()];
  for (let port = 1; port <= 3; port++) events.emit(connected(port));
  events.emit(CLOSED);
  assertEquals(ports(await quick), [1, 2, 3, "closed"]);
  assertEquals(ports(await take(slow)), [1, 2, 3, "closed"]);
});

Deno.test("nothing comes after closed", async () => {
  const events = new Events();
  const taken = take(events);
  events.emit(CLOSED);
  events.emit(connected(1));
  events.emit(CLOSED);
  assertEquals(ports(await taken), ["closed"]);
  assertEquals(await take(events), []);
});

Deno.test("a reader that stops gets nothing more, and others do", async () => {
  const events = new Events();
  const [one, all] = [take(events, 1), take(events)];
  events.emit(connected(1));
  assertEquals(ports(await one), [1]);
  events.emit(connected(2));
  events.emit(CLOSED);
  assertEquals(ports(await all), [1, 2, "closed"]);
});

Deno.test("return() ends a reader that waits, and drops what it has not read", async () => {
  const events = new Events();
  const reader = events[Symbol.asyncIterator]();
  const [first, second] = [reader.next(), reader.next()];
  await reader.return?.();
  const done = { value: undefined, done: true } as const;
  assertEquals(await Promise.all([first, second, reader.next()]), [done, done, done]);

  const other = events[Symbol.asyncIterator]();
  events.emit(connected(1));
  await other.return?.();
  assertEquals(await other.next(), done);
});

Deno.test("several waits for the next event each get one, in their order", async () => {
  const events = new Events();
  const reader = events[Symbol.asyncIterator]();
  const waits = [reader.next(), reader.next(), reader.next(), reader.next()];
  events.emit(connected(1));
  events.emit(connected(2));
  events.emit(CLOSED);
  const results = await Promise.all(waits);
  assertEquals(ports(results.slice(0, 3).map(({ value }) => value)), [1, 2, "closed"]);
  assertEquals(results[3], { value: undefined, done: true });
});

Deno.test("a reader that does not keep up loses the oldest events, never the last", async () => {
  const events = new Events();
  const reader = events[Symbol.asyncIterator]();
  for (let port = 1; port <= 5000; port++) events.emit(connected(port));
  events.emit(CLOSED);
  const taken = ports(await take(reader));
  assertEquals(taken.length, 1000);
  assertEquals(taken.slice(0, 2), [4002, 4003]);
  assertEquals(taken.slice(-2), [5000, "closed"]);
});

Deno.test("an iterator of events can be iterated itself", async () => {
  const events = new Events();
  const reader = events[Symbol.asyncIterator]();
  events.emit(connected(1));
  events.emit(connected(2));
  assertEquals(ports(await take(reader, 1)), [1]);
  // Leaving the loop ended it.
  assertEquals((await reader.next()).done, true);
});
