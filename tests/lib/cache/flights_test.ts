import { assertEquals, assertStrictEquals } from "@std/assert";
import { Flight } from "../../../lib/cache/flight.ts";
import { Flights } from "../../../lib/cache/flights.ts";

function flight(key: string, call: string): Flight {
  return new Flight({ key, call, shared: true, slot: -1, command: call }, key, {} as never);
}

Deno.test("Flights finds flights by key and call, also if there are several for a key", () => {
  const flights = new Flights();
  const get = flight("k", "GET");
  const type = flight("k", "TYPE");
  const other = flight("other", "GET");
  for (const listed of [get, type, other]) flights.add(listed);
  assertStrictEquals(flights.find("k", "GET"), get);
  assertStrictEquals(flights.find("k", "TYPE"), type);
  assertStrictEquals(flights.find("other", "GET"), other);
  assertEquals(flights.find("k", "STRLEN"), undefined);
  assertEquals(flights.find("other", "TYPE"), undefined);
  assertEquals(flights.size, 3);
});

Deno.test("a flight whose reply has come is not joined any more, but stays listed until it is removed", () => {
  const flights = new Flights();
  const first = flight("k", "GET");
  const second = flight("k", "GET");
  flights.add(first);
  first.open = false;
  assertEquals(flights.find("k", "GET"), undefined);
  flights.add(second);
  assertStrictEquals(flights.find("k", "GET"), second);
  flights.remove(first);
  assertStrictEquals(flights.find("k", "GET"), second);
  assertEquals([first.listed, second.listed, flights.size], [false, true, 1]);
  flights.remove(second);
  flights.remove(second);
  assertEquals([flights.find("k", "GET"), flights.size], [undefined, 0]);
});

Deno.test("detach() takes all flights of a key off the list, detachAll() those of all keys", () => {
  const flights = new Flights();
  const listed = ["GET", "TYPE", "STRLEN"].map((call) => flight("k", call));
  const alone = flight("alone", "GET");
  for (const one of [...listed, alone]) flights.add(one);
  flights.detach("k");
  flights.detach("none");
  assertEquals(listed.map(({ listed }) => listed), [false, false, false]);
  assertEquals([alone.listed, flights.size], [true, 1]);
  flights.detachAll();
  assertEquals([alone.listed, flights.size], [false, 0]);
  // One that was detached may still end: that concerns no flight that came later.
  const later = flight("k", "GET");
  flights.add(later);
  flights.remove(listed[0]);
  assertStrictEquals(flights.find("k", "GET"), later);
});
