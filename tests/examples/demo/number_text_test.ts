import { assertEquals } from "@std/assert";
import { count, counted, duration, percent, rate } from "./number_text.ts";

Deno.test("figures are written with three digits or so, and their units", () => {
  assertEquals([0, 999, 12_345].map(count), ["0", "999", "12,345"]);
  assertEquals([0, 1, 2].map((n) => counted(n, "key")), ["0 keys", "1 key", "2 keys"]);
  assertEquals(counted(2, "reply", "replies"), "2 replies");
  assertEquals(
    [0.04, 9.94, 37.4, 999.4, 999.6, 2456, 12_345].map(duration),
    ["0.0 ms", "9.9 ms", "37 ms", "999 ms", "1.00 s", "2.46 s", "12.3 s"],
  );
  assertEquals(rate(51_234, 1000), "51,200/s");
  assertEquals(rate(5, 1000), "5/s");
  assertEquals([percent(1, 3), percent(0, 0)], ["33.3 %", "0.0 %"]);
});
