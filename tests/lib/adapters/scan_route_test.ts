import { assertEquals } from "@std/assert";
import { routeOfPattern } from "../../../lib/adapters/scan_route.ts";

Deno.test("routeOfPattern() finds the tag that all keys share", () => {
  assertEquals(routeOfPattern("{bull}:jobs:*"), { slotKey: "{bull}" });
  assertEquals(routeOfPattern("a:{b}{c}*"), { slotKey: "{b}" });
  assertEquals(routeOfPattern("{a{b}*"), { slotKey: "{a{b}" });
});

Deno.test("routeOfPattern() finds none where keys may be in several slots", () => {
  for (
    const pattern of ["*", "a*", "*{b}", "a?{b}", "{b*}", "{[ab]}", "{}*", "{}{b}", "\\{b}", "{b"]
  ) {
    assertEquals(routeOfPattern(pattern), undefined, pattern);
  }
  assertEquals([routeOfPattern(undefined), routeOfPattern(new Uint8Array())], [
    undefined,
    undefined,
  ]);
});
