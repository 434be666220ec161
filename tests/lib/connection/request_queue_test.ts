import { assert, assertEquals } from "@std/assert";
import { NO_OWNER, Request } from "../../../lib/connection/request.ts";
import { RequestQueue } from "../../../lib/connection/request_queue.ts";

function makeRequest(name: string): Request {
  const request = new Request([name], undefined, (reply) => reply, NO_OWNER);
  request.handTo(() => {}, () => {});
  return request;
}

function namesOf(requests: (Request | undefined)[]): (string | undefined)[] {
  return requests.map((request) => request?.name);
}

Deno.test("shift() and drain() hand requests out in order and pass over settled ones", () => {
  const queue = new RequestQueue();
  const requests = ["a", "b", "c", "d", "e", "f"].map(makeRequest);
  for (const request of requests) queue.push(request);
  requests[0].reject(new Error("Given up"));
  requests[2].reject(new Error("Given up"));
  requests[5].reject(new Error("Given up"));
  assertEquals(namesOf([queue.shift()]), ["b"]);
  assertEquals(namesOf(queue.drain()), ["d", "e"]);
  assertEquals([queue.shift(), queue.length], [undefined, 0]);
});

Deno.test("length is 0 as soon as every request is settled", () => {
  const queue = new RequestQueue();
  const requests = ["a", "b", "c"].map(makeRequest);
  for (const request of requests) queue.push(request);
  assertEquals(queue.length, 3);
  for (const request of requests.toReversed()) {
    assert(queue.length > 0);
    request.reject(new Error("Given up"));
  }
  assertEquals(queue.length, 0);
});

Deno.test("a queue that nobody takes from does not grow with requests that are given up", () => {
  const queue = new RequestQueue();
  const patient = makeRequest("patient");
  queue.push(patient);
  for (let i = 0; i < 100_000; i++) {
    const request = makeRequest("hurried");
    queue.push(request);
    request.reject(new Error("Given up"));
  }
  assert(queue.length < 5000, `${queue.length} are kept`);
  assertEquals(queue.shift(), patient);
  assertEquals(queue.length, 0);
});

Deno.test("sweeping keeps the order of the requests that wait", () => {
  const queue = new RequestQueue();
  const kept: Request[] = [];
  for (let i = 0; i < 10_000; i++) {
    const request = makeRequest(String(i));
    queue.push(request);
    if (i % 7 === 0) kept.push(request);
    else request.reject(new Error("Given up"));
  }
  assertEquals(namesOf(queue.drain()), namesOf(kept));
});
