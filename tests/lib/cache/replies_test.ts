import { assert, assertEquals, assertNotStrictEquals } from "@std/assert";
import { copyOf, hasError, isEmpty, sizeOfReply, sizeOfText } from "../../../lib/cache/replies.ts";
import { ServerError } from "../../../lib/errors.ts";
import { elementsOf, pairsOf, toMap, toSet } from "../../../lib/resp/repeated.ts";
import type { Reply } from "../../../lib/resp/reply.ts";

Deno.test("copyOf() copies everything that can be changed", () => {
  const bytes = Uint8Array.of(1, 2);
  const reply: Reply = ["a", 1, null, [bytes], new Map([["k", ["v"]]]), new Set(["s"])];
  const copy = copyOf(reply) as Reply[];
  assertEquals(copy, reply);
  assertNotStrictEquals(copy, reply);
  assertNotStrictEquals((copy[3] as Reply[])[0], bytes);
  (copy[4] as Map<Reply, Reply[]>).get("k")!.push("more");
  assertEquals(reply[4], new Map([["k", ["v"]]]));
});

Deno.test("copyOf() keeps repeated keys and elements", () => {
  const map = copyOf(toMap(["a", 1, "a", 2])) as Map<Reply, Reply>;
  assertEquals([...pairsOf(map)], [["a", 1], ["a", 2]]);
  assertEquals(elementsOf(copyOf(toSet(["a", "a"])) as Set<Reply>), ["a", "a"]);
});

Deno.test("isEmpty() knows what servers answer for a key that does not exist", () => {
  for (const reply of [null, 0, false, [], new Map(), new Set(), [null, 0, [null]]]) {
    assertEquals(isEmpty(reply as Reply), true);
  }
  for (const reply of ["", "0", 1, -1, true, [null, 1], new Map([["a", null]])]) {
    assertEquals(isEmpty(reply as Reply), false);
  }
});

Deno.test("hasError() looks inside", () => {
  const error = new ServerError("ERR no");
  assertEquals(hasError(["a", [error]]), true);
  assertEquals(hasError(new Map<Reply, Reply>([["a", error]])), true);
  assertEquals(hasError(new Set<Reply>([error])), true);
  assertEquals(hasError(["a", new Map([["a", "b"]]), null, 1]), false);
});

Deno.test("sizeOfText() knows that one wide character makes all of them wide", () => {
  assertEquals(sizeOfText("x".repeat(800)), 816);
  assertEquals(sizeOfText("é".repeat(800)), 816);
  assertEquals(sizeOfText("x".repeat(799) + "€"), 1616);
});

Deno.test("sizeOfReply() is near to what the runtime takes", async () => {
  const program = new URL("./_measure_replies.ts", import.meta.url);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--v8-flags=--expose-gc", "--allow-env", program.pathname],
    env: { NO_COLOR: "1" },
  }).output();
  const measured: [string, number, number][] = JSON.parse(new TextDecoder().decode(stdout) || "[]");
  assert(measured.length > 5, new TextDecoder().decode(stderr));
  for (const [what, estimate, real] of measured) {
    assert(
      Math.abs(estimate / real - 1) < 0.2,
      `${what}: ${estimate} bytes estimated, ${real} real`,
    );
  }
});

Deno.test("sizeOfReply() counts nothing for what is in no memory of its own", () => {
  for (const reply of [null, true, 1, -5]) assertEquals(sizeOfReply(reply), 0);
});
