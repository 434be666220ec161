import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { Aborts } from "../../../lib/connection/aborts.ts";
import type { Outcome } from "../../../lib/connection/outcome.ts";
import { Request, type RequestOwner, Stage } from "../../../lib/connection/request.ts";
import { ServerError, TimeoutError } from "../../../lib/errors.ts";
import type { Reply } from "../../../lib/resp/mod.ts";

/** The owner of requests, which notes how they were settled. */
class Owner implements RequestOwner {
  readonly settled: { request: Request; outcome: Outcome; reason: unknown; words: string }[] = [];

  onErrorReply(): boolean {
    return false;
  }
  resend(): void {}
  onSilence(): void {}
  onSettled(request: Request, outcome: Outcome, reason: unknown): void {
    this.settled.push({ request, outcome, reason, words: request.words.join(" ") });
  }

  /** A request with a promise that rejects nowhere else. */
  request(decode = (reply: Reply): unknown => reply): Request {
    const request = new Request(["GET", "k"], undefined, decode, this);
    request.timeout = 100;
    request.promise().catch(() => {});
    return request;
  }

  outcomes(): Outcome[] {
    return this.settled.map(({ outcome }) => outcome);
  }
}

Deno.test("the owner of a request learns that it was resolved, and still sees its words", () => {
  const owner = new Owner();
  const request = owner.request();
  request.resolve("v");
  assertEquals(owner.settled, [{
    request,
    outcome: "resolved",
    reason: undefined,
    words: "GET k",
  }]);
  assertEquals(request.words, []);
});

Deno.test("the owner of a request learns the reason of a failure, and whether there was a reply", () => {
  const owner = new Owner();
  const refusal = new ServerError("ERR no");
  owner.request().reject(refusal, "refused");
  const lost = new Error("lost");
  owner.request().reject(lost);
  const unreadable = new Error("unreadable");
  owner.request(() => {
    throw unreadable;
  }).resolve("v");
  assertEquals(
    owner.settled.map(({ outcome, reason }) => [outcome, reason]),
    [["refused", refusal], ["failed", lost], ["refused", unreadable]],
  );
});

Deno.test("a request that times out has failed, with the error of its caller as the reason", async () => {
  const owner = new Owner();
  const request = owner.request();
  const again = request.promise<never>().catch((error) => error);
  request.expire();
  assertEquals(owner.outcomes(), ["failed"]);
  assertInstanceOf(owner.settled[0].reason, TimeoutError);
  assertEquals(await again, owner.settled[0].reason);
});

Deno.test("a request that its signal ends has failed with the reason of the signal", () => {
  const owner = new Owner();
  const controller = new AbortController();
  owner.request().abortBy(Aborts.of(controller.signal));
  const reason = new Error("enough");
  controller.abort(reason);
  assertEquals(owner.settled.map(({ outcome, reason }) => [outcome, reason]), [["failed", reason]]);
});

Deno.test("the parts of a settled request that are left are dropped", () => {
  const owner = new Owner();
  const whole = owner.request();
  const parts = [owner.request(), owner.request()];
  whole.parts = parts;
  parts[0].resolve("v");
  whole.reject(new Error("gone"));
  assertEquals(owner.outcomes(), ["resolved", "failed", "dropped"]);
  assert(parts[1].settled);
});

Deno.test("a request is settled once", () => {
  const owner = new Owner();
  const request = owner.request();
  request.resolve("v");
  request.resolve("w");
  request.reject(new Error("late"));
  request.drop();
  assertEquals(owner.outcomes(), ["resolved"]);
});

Deno.test("a settled request still tells when it was written", () => {
  const owner = new Owner();
  const written: number[] = [];
  owner.onSettled = (request) => written.push(request.written);
  const request = owner.request();
  request.stage = Stage.SENT;
  request.written = 1234;
  request.resolve("v");
  assertEquals(written, [1234]);
});

/** How the connection of a request is handed back when the request ends. */
const ENDS: readonly [string, "released" | "abandoned", (request: Request) => void][] = [
  ["its reply", "released", (request) => request.resolve("v")],
  ["an error reply", "released", (request) => request.reject(new Error("no"), "refused")],
  ["it was taken back", "released", (request) => request.requeue()],
  ["a failure without a reply", "abandoned", (request) => request.reject(new Error("late"))],
  ["it was dropped", "abandoned", (request) => request.drop()],
];

for (const [cause, expected, end] of ENDS) {
  Deno.test(`the connection of a request is ${expected} after ${cause}`, () => {
    const log: string[] = [];
    const request = new Owner().request();
    request.dedicated = {
      connection: undefined as never,
      release: () => log.push("released"),
      abandon: () => log.push("abandoned"),
    };
    end(request);
    assertEquals(log, [expected]);
  });
}
