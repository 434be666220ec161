import { assertEquals } from "@std/assert";
import { AwaitedPrimaries } from "../../cluster/awaited_primaries.ts";
import { Topology } from "../../cluster/topology.ts";

function map(...primaries: string[]): Topology {
  return Topology.parse(
    primaries.map((name, i) => [i, i, [name, 7000, name]]),
    { host: "a", port: 7000 },
  );
}

Deno.test("a client waits for each primary of the first map until it was reached or has failed", () => {
  const awaited = new AwaitedPrimaries();
  assertEquals(awaited.heard("a:7000"), false, "there is no map yet");
  assertEquals(awaited.take(map("a", "b", "c"), (name) => name === "c:7000"), false);
  assertEquals(awaited.heard("a:7000"), false);
  assertEquals(awaited.heard(undefined), false);
  assertEquals(awaited.heard("b:7000"), true);
});

Deno.test("a client does not wait for primaries that have left, or have come later", () => {
  const awaited = new AwaitedPrimaries();
  assertEquals(awaited.take(map("a", "b"), () => false), false);
  assertEquals(awaited.heard("a:7000"), false);
  assertEquals(awaited.take(map("a", "c"), () => false), true);
});
