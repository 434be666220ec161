import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import * as errors from "../../lib/errors.ts";

const cause = new Error("Why");
const peer = { host: "h", port: 1 };

/** One of each class, with a cause. */
const MADE: Record<string, errors.RedisError> = {
  RedisError: new errors.RedisError("Message", { cause }),
  ServerError: new errors.ServerError("ERR message", { cause }),
  ConnectionError: new errors.ConnectionError("Message", { ...peer, cause }),
  TimeoutError: new errors.TimeoutError("Message", { phase: "sent", timeout: 250, cause }),
  ClosedError: new errors.ClosedError("Message", { cause }),
  OverflowError: new errors.OverflowError("Message", { cause }),
  OverloadError: new errors.OverloadError("Message", 5, { cause }),
  ProtocolError: new errors.ProtocolError("Message", 7, { cause }),
  UnexpectedReplyError: new errors.UnexpectedReplyError("Message", { cause }),
  WatchError: new errors.WatchError("Message", { cause }),
  ConfigurationError: new errors.ConfigurationError("Message", "option", { cause }),
  ClusterError: new errors.ClusterError("Message", { cause }),
};

Deno.test("every exported class is an error that is tested here", () => {
  const exported = Object.keys(errors).filter((name) => name.endsWith("Error"));
  assertEquals(exported.toSorted(), Object.keys(MADE).toSorted());
});

for (const [name, error] of Object.entries(MADE)) {
  Deno.test(`${name} has its name, its message, its cause and its base`, () => {
    assertEquals(error.name, name);
    assertEquals(error.constructor.name, name);
    assertEquals(error.message.toLowerCase().endsWith("message"), true);
    assertStrictEquals(error.cause, cause);
    assertInstanceOf(error, errors.RedisError);
    assertInstanceOf(error, Error);
    assert(error.stack?.startsWith(`${name}: ${error.message}`), error.stack);
    assertEquals(String(error), `${name}: ${error.message}`);
  });
}

Deno.test("ServerError takes its code out of the message", () => {
  for (
    const [message, code] of [
      ["WRONGTYPE Operation against a key", "WRONGTYPE"],
      ["MOVED 3999 127.0.0.1:6381", "MOVED"],
      ["EXECABORT", "EXECABORT"],
      ["", ""],
      [" leading", ""],
    ]
  ) {
    const error = new errors.ServerError(message);
    assertEquals([error.code, error.message, error.command], [code, message, undefined]);
  }
});

Deno.test("errors carry what a caller decides on", () => {
  const { ConnectionError, TimeoutError, OverloadError, ProtocolError } = errors;
  const lost = new ConnectionError("Lost", { ...peer, maybeExecuted: true });
  assertEquals([lost.host, lost.port, lost.maybeExecuted], ["h", 1, true]);
  assertEquals(new ConnectionError("Refused", peer).maybeExecuted, false);
  const late = new TimeoutError("Late", { phase: "queued", timeout: 100 });
  assertEquals([late.phase, late.timeout, late.cause], ["queued", 100, undefined]);
  assertEquals(new OverloadError("Full", 5).limit, 5);
  assertEquals(new ProtocolError("Bad", 7).offset, 7);
  assertEquals(new errors.ConfigurationError("Bad", "tls.key").option, "tls.key");
  const partial = { applied: ["a"], failed: [{ key: "b", error: cause }] };
  const split = new errors.ClusterError("Partly", { slot: 3, partial });
  assertEquals([split.slot, split.partial], [3, partial]);
  const plain = new errors.ClusterError("None");
  assertEquals([plain.slot, plain.partial], [undefined, undefined]);
});

Deno.test("toJSON() keeps across threads and in JSON what the platform drops", () => {
  const loading = new errors.ServerError("LOADING wait", { cause: new TypeError("Why") });
  const late = new errors.TimeoutError("Late", { phase: "sent", timeout: 5, cause: loading });
  const expected = {
    name: "TimeoutError",
    message: "Late",
    phase: "sent",
    timeout: 5,
    cause: {
      name: "ServerError",
      message: "LOADING wait",
      code: "LOADING",
      cause: { name: "TypeError", message: "Why" },
    },
  };
  assertEquals(structuredClone(late.toJSON()), expected);
  assertEquals(JSON.parse(JSON.stringify(late)), expected);
  const other = new errors.ConnectionError("Lost", { ...peer, maybeExecuted: true, cause: 5 });
  assertEquals(structuredClone(other.toJSON()), {
    name: "ConnectionError",
    message: "Lost",
    host: "h",
    port: 1,
    maybeExecuted: true,
    cause: "5",
  });
});
