import { assertEquals } from "@std/assert";
import { lookUp } from "../../../lib/command_table/mod.ts";
import {
  concernsKeysOnly,
  isNodeUnable,
  isRedirection,
  wasNotExecuted,
} from "../../../lib/command_table/not_executed.ts";
import { ServerError } from "../../../lib/errors.ts";

const GET = lookUp(["GET", "k"]);
const EVAL = lookUp(["EVAL", "return 1", "0"]);

Deno.test("each refusal says what it concerns, and whether the command was not executed", () => {
  for (
    const [message, redirects, unable, keysOnly, notExecuted] of [
      ["MOVED 1 10.0.0.1:7000", true, true, false, false],
      ["ASK 1 10.0.0.1:7000", true, true, false, false],
      ["TRYAGAIN Multiple keys request during rehashing of slot", false, true, true, true],
      ["CLUSTERDOWN The cluster is down", false, true, false, true],
      ["READONLY You can't write against a read only replica.", false, true, false, true],
      ["LOADING Valkey is loading the dataset in memory", false, true, false, true],
      ["MASTERDOWN Link with MASTER is down", false, true, false, true],
      ["OOM command not allowed", false, false, false, false],
    ] as const
  ) {
    const error = new ServerError(message);
    assertEquals(isRedirection(error), redirects, message);
    assertEquals(isNodeUnable(error), unable, message);
    assertEquals(concernsKeysOnly(error), keysOnly, message);
    assertEquals(wasNotExecuted(error, GET), notExecuted, message);
  }
  assertEquals(concernsKeysOnly(new Error("TRYAGAIN")), false, "no server has said it");
});

Deno.test("wasNotExecuted() believes a script only the words of a server", () => {
  assertEquals(wasNotExecuted(new ServerError("CLUSTERDOWN by a script"), GET), true);
  assertEquals(wasNotExecuted(new ServerError("CLUSTERDOWN by a script"), EVAL), false);
  assertEquals(wasNotExecuted(new ServerError("CLUSTERDOWN The cluster is down"), EVAL), true);
});
