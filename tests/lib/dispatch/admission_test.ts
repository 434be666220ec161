import { assertEquals } from "@std/assert";
import { NO_OWNER, Request, type RequestOwner } from "../../../lib/connection/request.ts";
import { Admission } from "../../../lib/dispatch/admission.ts";
import { ClosedError } from "../../../lib/errors.ts";

/** An admission of two requests, and requests that leave it when they are settled. */
class Bench {
  readonly admission: Admission;
  readonly rejected: string[] = [];
  readonly #owner: RequestOwner = {
    ...NO_OWNER,
    onSettled: (request, outcome, reason) => this.admission.release(request, outcome, reason),
  };

  constructor(limit = 2) {
    this.admission = new Admission(limit);
  }

  request(name: string, change: Partial<Request> = {}): Request {
    const request = new Request([name], undefined, (reply) => reply, this.#owner);
    request.timeout = 250;
    request.handTo(() => {}, () => this.rejected.push(name));
    return Object.assign(request, change);
  }
}

const CLOSED = new ClosedError("Cannot complete the request: the client was closed");

/** Whether a promise has been fulfilled by now. */
async function isFulfilled(promise: Promise<void>): Promise<boolean> {
  return await Promise.race([
    promise.then(() => true),
    new Promise<boolean>((r) => setTimeout(r, 0, false)),
  ]);
}

Deno.test("Admission refuses requests beyond its limit, and admits others once some are settled", () => {
  const bench = new Bench();
  const { admission } = bench;
  const [a, b, c, d] = ["A", "B", "C", "D"].map((name) => bench.request(name));
  assertEquals([a, b, c].map((request) => admission.admit(request)), [true, true, false]);
  assertEquals(
    admission.refusal("C").message,
    "Cannot send C: 2 requests are in flight already",
  );
  assertEquals(admission.inFlight, 3);
  c.reject(admission.refusal("C"));
  assertEquals(admission.inFlight, 2);
  a.resolve("OK");
  assertEquals(admission.admit(d), true);
  assertEquals(admission.inFlight, 2);
});

Deno.test("Admission.overload() is the error for more requests than there is room for", () => {
  const { admission } = new Bench();
  assertEquals(admission.overload(2), undefined);
  const error = admission.overload(3);
  assertEquals(error?.message, "Cannot send 3 commands: 0 of 2 requests are in flight already");
  assertEquals(error?.limit, 2);
});

Deno.test("Admission does not count what it has not admitted", () => {
  const bench = new Bench();
  bench.admission.admit(bench.request("A"));
  bench.request("PART").resolve("OK");
  assertEquals(bench.admission.inFlight, 1);
});

Deno.test("Admission.drain() waits until nothing is in flight", async () => {
  const bench = new Bench();
  await bench.admission.drain(CLOSED);
  const [a, b] = [bench.request("A"), bench.request("B")];
  bench.admission.admit(a);
  bench.admission.admit(b);
  const [first, second] = [bench.admission.drain(CLOSED), bench.admission.drain(CLOSED)];
  a.resolve("OK");
  assertEquals(await isFulfilled(first), false);
  b.reject(new Error("Cannot send B: it is too late"));
  await Promise.all([first, second]);
});

Deno.test("Admission.drain() rejects at once what may never end by itself", async () => {
  const bench = new Bench(10);
  const { admission } = bench;
  const requests = [
    bench.request("BLPOP", { blocks: true }),
    bench.request("GET", { timeout: 0 }),
    bench.request("SCRIPT KILL", { blocks: true, interrupts: true }),
    bench.request("SET"),
  ];
  for (const request of requests) admission.admit(request);
  const drained = admission.drain(CLOSED);
  assertEquals(bench.rejected, ["BLPOP", "GET"]);
  assertEquals(await isFulfilled(drained), false);
  for (const request of requests) request.resolve("OK");
  await drained;
  assertEquals(admission.inFlight, 0);
});
