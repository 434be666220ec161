import { assertEquals } from "@std/assert";
import {
  ClosedError,
  ClusterError,
  ConnectionError,
  OverloadError,
  ServerError,
  TimeoutError,
} from "../../mod.ts";
import { Aborted, fateOf } from "./fate.ts";

const peer = { host: "localhost", port: 1 };

Deno.test("errors say whether the request was executed, as far as anybody knows", () => {
  const lost = new ConnectionError("Lost", { ...peer, maybeExecuted: true });
  const unsent = new ConnectionError("Refused", peer);
  assertEquals(fateOf(lost), "maybe");
  assertEquals(fateOf(unsent), "never");
  assertEquals(fateOf(new TimeoutError("Late", { phase: "sent", timeout: 1 })), "maybe");
  assertEquals(fateOf(new TimeoutError("Late", { phase: "queued", timeout: 1 })), "never");
  assertEquals(fateOf(new OverloadError("Full", 1)), "never");
  assertEquals(fateOf(new TypeError("Bad")), "never");
  assertEquals(fateOf(new ClosedError("Cannot send GET: the client is closed")), "never");
  assertEquals(fateOf(new ClosedError("Cannot complete the request")), "maybe");
  assertEquals(fateOf(new ServerError("READONLY You can't write")), "never");
  assertEquals(fateOf(new ServerError("ERR whatever")), "maybe");
  assertEquals(fateOf(new Aborted()), "maybe");
});

Deno.test("a split command is as executed as its parts", () => {
  const unsent = new ConnectionError("Refused", peer);
  const part = { key: "b", error: unsent };
  const partial = { applied: ["a"], failed: [part] };
  assertEquals(fateOf(new ClusterError("Split", { partial })), "maybe");
  assertEquals(
    fateOf(new ClusterError("Split", { partial: { applied: [], failed: [part] } })),
    "never",
  );
  assertEquals(fateOf(new ClusterError("No node")), "never");
});

Deno.test("errors that no request may reject with have no fate", () => {
  assertEquals(fateOf(new Error("Strange")), undefined);
  assertEquals(fateOf("text"), undefined);
});
