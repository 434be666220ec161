import { assertEquals } from "@std/assert";
import { MULTI, preludeOf } from "../../../lib/connection/prelude.ts";
import { NO_OWNER, Request } from "../../../lib/connection/request.ts";
import { ServerError } from "../../../lib/errors.ts";

function request(...words: string[]): Request {
  return new Request(words, undefined, (reply) => reply, NO_OWNER);
}

function wordsOf(steps: readonly Request[]): string[] {
  return steps.map(({ words }) => words.join(" "));
}

Deno.test("ASKING goes ahead of a transaction, and MULTI ahead of its commands", () => {
  const exec = request("EXEC");
  exec.prelude = [request("SET", "a", "1"), request("GET", "b")];
  assertEquals(wordsOf(preludeOf(exec)), ["MULTI", "SET a 1", "GET b"]);
  exec.asking = true;
  assertEquals(wordsOf(preludeOf(exec)), ["ASKING", "MULTI", "SET a 1", "GET b"]);
});

Deno.test("errors of a prelude are kept by the position of the command, the first one apart", () => {
  const exec = request("EXEC");
  exec.prelude = [request("SET", "a", "1"), request("GET", "b"), request("GET", "c")];
  const [multi, set, get] = preludeOf(exec);
  const [first, second] = [new ServerError("ERR first"), new ServerError("ERR second")];
  multi.resolve("OK");
  set.resolve("QUEUED");
  get.reject(first, "refused");
  assertEquals(exec.refusals, new Map([[1, first]]));
  multi.reject(second, "refused");
  assertEquals(exec.preludeError, first);
  const again = preludeOf(exec);
  assertEquals([exec.preludeError, exec.refusals], [undefined, new Map()]);
  again[0].reject(second, "refused");
  assertEquals([exec.preludeError, exec.refusals], [second, new Map([[MULTI, second]])]);
});

Deno.test("an error that is no reply is not kept: the connection decides about the request", () => {
  const exec = request("EXEC");
  exec.prelude = [request("SET", "a", "1")];
  for (const step of preludeOf(exec)) step.reject(new Error("lost"));
  assertEquals([exec.preludeError, exec.refusals], [undefined, new Map()]);
});
