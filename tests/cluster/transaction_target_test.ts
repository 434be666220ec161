import { assertEquals, assertThrows } from "@std/assert";
import { ClusterError, ConfigurationError, type Route } from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import { ReplicaTarget, type Target } from "../../cluster/target.ts";
import { targetOfTransaction } from "../../cluster/transaction_target.ts";
import { lookUp } from "../../lib/command_table/mod.ts";

const SLOT = slotOf("{a}");

function target(calls: readonly string[], route?: Route): Target | null {
  const commands = calls.map((call) => {
    const words = call.split(" ");
    return { words, row: lookUp(words) };
  });
  return targetOfTransaction(commands, route);
}

Deno.test("a transaction goes to the slot of its keys", () => {
  assertEquals(target(["SET {a}1 x", "PING", "MGET {a}2 {a}3"]), SLOT);
  assertEquals(target(["SET {a}1 x"], "random"), SLOT);
  assertEquals(target(["SET {a}1 x"], { slot: SLOT }), SLOT);
  assertEquals(target(["GET {a}1"], { slotKey: "{a}", replica: true }), new ReplicaTarget(SLOT));
});

Deno.test("the route alone says where a transaction goes that has no keys, or is for one node", () => {
  assertEquals(target(["PING"]), null);
  assertEquals(target(["PING"], { slot: 5 }), null);
  assertEquals(target(["SET {a}1 x"], { host: "10.0.0.1", port: 7000 }), null);
});

Deno.test("a transaction that no node can execute is refused", () => {
  for (
    const [calls, route] of [
      [["SET a x", "SET b x"]],
      [["SET {a}1 x"], { slot: SLOT + 1 }],
      [["SET {a}1 x", "NOSUCH x"]],
    ] as [string[], Route?][]
  ) assertThrows(() => target(calls, route), ClusterError);
  for (const route of ["allNodes", "allPrimaries"] as const) {
    assertThrows(() => target(["PING"], route), ConfigurationError);
  }
});
