import { assertEquals, assertThrows } from "@std/assert";
import { lookUp } from "../../../lib/command_table/mod.ts";
import { settingsOf } from "../../../lib/configuration/settings.ts";
import { NO_OWNER, Request } from "../../../lib/connection/request.ts";
import { allowForBlocking } from "../../../lib/dispatch/blocking_time.ts";

/** The times of a request with a default timeout of 250 ms. */
function timesOf(
  words: string[],
  limit: number,
  { given, requestTimeout = 250, clientCreationTimeout = 2500 }: {
    given?: number;
    requestTimeout?: number;
    clientCreationTimeout?: number;
  } = {},
): Pick<Request, "blocks" | "serverTime" | "timeout" | "timeoutOnceWritten"> {
  const row = lookUp(words)!;
  const settings = settingsOf({
    addresses: [{ host: "localhost" }],
    requestTimeout,
    clientCreationTimeout,
  }, "standalone");
  const timeout = given ?? requestTimeout;
  const request = new Request(words, row, (reply) => reply, NO_OWNER);
  request.timeout = timeout;
  allowForBlocking(request, row, limit, given, settings);
  const { blocks, serverTime, timeoutOnceWritten } = request;
  return { blocks, serverTime, timeout: request.timeout, timeoutOnceWritten };
}

Deno.test("a blocking command has its own time and 500 ms, and until it is written that of create()", () => {
  assertEquals(timesOf(["BLPOP", "k", "1"], 1000), {
    blocks: true,
    serverTime: 1000,
    timeout: 2500,
    timeoutOnceWritten: 1500,
  });
  const long = timesOf(["BLPOP", "k", "9"], 9000, { requestTimeout: 800 });
  assertEquals([long.timeout, long.timeoutOnceWritten], [9800, 9800]);
});

Deno.test("a command that blocks without a limit has no deadline", () => {
  const { timeout, timeoutOnceWritten } = timesOf(["BLPOP", "k", "0"], 0);
  assertEquals([timeout, timeoutOnceWritten], [0, 0]);
});

Deno.test("a timeout that the caller has set stays as it is", () => {
  assertEquals(timesOf(["BLPOP", "k", "5"], 5000, { given: 100 }), {
    blocks: true,
    serverTime: 5000,
    timeout: 100,
    timeoutOnceWritten: 0,
  });
});

Deno.test("WAIT stays on the shared connection, so it needs a limit", () => {
  const { blocks, timeout } = timesOf(["WAIT", "1", "1000"], 1000);
  assertEquals([blocks, timeout], [false, 1500]);
  assertThrows(
    () => timesOf(["WAIT", "1", "0"], 0),
    RangeError,
    "Cannot send WAIT with a timeout of 0",
  );
});
