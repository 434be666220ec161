import { assertEquals } from "@std/assert";
import { faultOfRoute } from "../../cluster/route_check.ts";

const GOOD: unknown[] = [
  ...["random", "allPrimaries", "allNodes", { slotKey: "" }, { slotKey: new Uint8Array(1) }],
  ...[{ slot: 0 }, { slot: 16383, replica: true }, { slotKey: "k", replica: false }],
  ...[{ host: "h", port: 1 }, { slot: 1, slotKey: undefined }, { port: 1, host: "h" }],
];

Deno.test("faultOfRoute() finds nothing wrong with routes", () => {
  for (const route of GOOD) assertEquals(faultOfRoute(route), undefined, Deno.inspect(route));
});

const FORMS = "expected { slotKey }, { slot } or { host, port }";

const BAD: [route: unknown, fault: string][] = [
  ["primary", 'expected "random", "allPrimaries", "allNodes" or an object'],
  [null, "expected a word or an object"],
  [5, "expected a word or an object"],
  [{}, FORMS],
  [[], FORMS],
  [{ slotKey: "a", slot: 1 }, FORMS],
  [{ slotKey: "a", Replica: true }, FORMS],
  [{ host: "h", port: 1, replica: true }, FORMS],
  [{ host: "h" }, FORMS],
  [{ slotKey: null }, "expected slotKey to be a key"],
  [{ slot: "1" }, "expected a slot from 0 to 16383"],
  [{ slot: 16384 }, "expected a slot from 0 to 16383"],
  [{ slot: 1, replica: "yes" }, "expected replica to be a boolean"],
  [{ host: "h", port: "1" }, "expected host to be a string and port to be an integer"],
];

Deno.test("faultOfRoute() tells what is expected", () => {
  for (const [route, fault] of BAD) assertEquals(faultOfRoute(route), fault, Deno.inspect(route));
});
