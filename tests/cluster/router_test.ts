import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  commonSlot,
  decide,
  type Decision,
  type Plan,
  planOf,
  slotOfKeys,
} from "../../cluster/router.ts";
import { ClusterError, ServerError } from "../../cluster/mod.ts";
import { lookUp } from "../../lib/command_table/mod.ts";
import { Plans } from "../../cluster/plans.ts";
import { readCases } from "./_cases.ts";

interface ErrorCase {
  error: string;
  command?: string;
  replica?: boolean;
  decision: Decision;
}

interface PlanCase {
  call: string;
  plan: Plan;
  slot?: number;
}

Deno.test("decide() says what each error means", async () => {
  const from = { host: "10.0.0.1", port: 6379 };
  const cases = await readCases<ErrorCase[]>("cluster_errors.yaml");
  for (const { error, command = "GET", replica = false, decision } of cases) {
    const row = lookUp([command]);
    assert(row !== undefined, command);
    assertEquals(decide(new ServerError(error), row, from, () => replica), decision, error);
  }
});

Deno.test("decide() treats a command without a row like any that is no script", () => {
  const error = new ServerError("TRYAGAIN in whatever words");
  assertEquals(decide(error, undefined, { host: "h", port: 1 }, () => false), {
    action: "wait",
    refresh: false,
  });
});

Deno.test("planOf() and commonSlot() say where calls go", async () => {
  const plans = new Plans();
  for (const { call, plan, slot } of await readCases<PlanCase[]>("cluster_plans.yaml")) {
    const words = call.split(" ").map((word) => word === '""' ? "" : word);
    const row = lookUp(words);
    assert(row !== undefined, call);
    assertEquals(planOf(row), plan, call);
    assertStrictEquals(plans.of(row), plans.of(row), call);
    if (slot !== undefined) assertEquals(commonSlot(row, words), slot, call);
  }
});

Deno.test("slotOfKeys() refuses keys of different slots without showing them", () => {
  assertEquals(slotOfKeys("FOO", ["{foo}1", "{foo}2"]), 12182);
  assertEquals(slotOfKeys("FOO", []), -1);
  const error = assertThrows(() => slotOfKeys("RENAME", ["foo", "bar"]), ClusterError);
  assertEquals(error.slot, 12182);
  assertEquals(
    error.message,
    "Cannot send RENAME: its keys are in different slots (12182 and 5061); " +
      "give them a common hash tag, such as {user:1}",
  );
});
