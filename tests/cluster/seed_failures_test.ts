import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { ClusterError, ConnectionError, ServerError, TimeoutError } from "../../cluster/mod.ts";
import { SeedFailures } from "../../cluster/seed_failures.ts";

const A = { host: "10.0.0.1", port: 7000 };
const B = { host: "10.0.0.2", port: 7000 };

Deno.test("explain() says what each seed has answered", () => {
  const failures = new SeedFailures();
  const silent = failures.explain([A, B], 500);
  assertInstanceOf(silent, TimeoutError);
  assertEquals(
    silent.message,
    "Cannot find the cluster within 500 ms (10.0.0.1:7000 does not answer; 10.0.0.2:7000 does not answer)",
  );
  const refusal = new ServerError("LOADING soon");
  failures.note(B, refusal);
  const error = failures.explain([A, B], 500);
  assertInstanceOf(error, ConnectionError);
  assertEquals(
    error.message,
    "Cannot find the cluster within 500 ms (10.0.0.1:7000 does not answer; 10.0.0.2:7000: LOADING soon)",
  );
  assertStrictEquals(error.cause, refusal);
});

Deno.test("explain() reports silence as a timeout, with the silence as its cause", () => {
  const failures = new SeedFailures();
  const silence = new TimeoutError("no answer", { phase: "sent", timeout: 100 });
  failures.note(A, silence);
  const error = failures.explain([A], 500);
  assertInstanceOf(error, TimeoutError);
  assertEquals([error.phase, error.timeout], ["queued", 500]);
  assertStrictEquals(error.cause, silence);
});

Deno.test("hopeless says that the cluster mode of a seed is off", () => {
  const failures = new SeedFailures();
  failures.note(A, new ConnectionError("away", A));
  assertEquals(failures.hopeless, undefined);
  failures.note(B, new ServerError("ERR This instance has cluster support disabled"));
  const error = failures.hopeless;
  assertInstanceOf(error, ClusterError);
  assertEquals(error.message.startsWith("Cannot use 10.0.0.2:7000 as a cluster"), true);
  assertEquals(failures.explain([A, B], 500).message, error.message);
});

Deno.test("latest is the failure of the seed that was the last to fail", () => {
  const failures = new SeedFailures();
  assertEquals(failures.latest, undefined);
  failures.note(A, new Error("a"));
  failures.note(B, new Error("b"));
  assertEquals(failures.latest?.message, "b");
});
