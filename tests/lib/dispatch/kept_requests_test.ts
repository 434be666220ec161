import { assertEquals, assertStrictEquals } from "@std/assert";
import { type Carrier, NO_OWNER, Request } from "../../../lib/connection/request.ts";
import { KeptRequests } from "../../../lib/dispatch/kept_requests.ts";

const DOWN = new Error("Cannot find the cluster: connection refused");

function request(name: string, link: Carrier | null = null): Request {
  const request = new Request([name], undefined, (reply) => reply, NO_OWNER);
  request.link = link;
  request.handTo(() => {}, () => {});
  return request;
}

Deno.test("KeptRequests gives back in front those that had been given to a link", () => {
  const kept = new KeptRequests();
  const link = {} as Carrier;
  const [a, b, c, d] = [request("A"), request("B", link), request("C"), request("D", link)];
  for (const one of [a, b, c, d]) kept.add(one);
  kept.delete(c);
  assertEquals(kept.size, 3);
  assertEquals(kept.takeAll().map(({ name }) => name), ["B", "D", "A"]);
  assertEquals(kept.size, 0);
});

Deno.test("KeptRequests explains to requests why they are kept, until it is taken out", () => {
  const kept = new KeptRequests();
  const own = new Error("READONLY");
  const [before, after, failed, later] = ["A", "B", "C", "D"].map((name) => request(name));
  kept.add(before);
  kept.explain(DOWN);
  kept.add(after);
  failed.lastError = own;
  kept.add(failed);
  assertStrictEquals(before.lastError, DOWN);
  assertStrictEquals(after.lastError, DOWN);
  assertStrictEquals(failed.lastError, own);
  kept.takeAll();
  kept.add(later);
  assertStrictEquals(later.lastError, undefined);
});

Deno.test("KeptRequests.reject() rejects them all, also where they leave while it does", () => {
  const kept = new KeptRequests();
  const requests = ["A", "B"].map((name) => request(name));
  for (const one of requests) {
    one.owner = { ...NO_OWNER, onSettled: (settled) => kept.delete(settled) };
    kept.add(one);
  }
  kept.reject(DOWN);
  assertEquals(requests.map(({ settled }) => settled), [true, true]);
  assertEquals(kept.size, 0);
});
