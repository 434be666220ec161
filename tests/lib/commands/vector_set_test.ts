import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { ServerError } from "../../../lib/errors.ts";
import { toSimilarOf } from "../../../lib/commands/_vectors.ts";
import { type CommandClient, commandTest } from "../../_kit/command_tests.ts";
import { Recorder } from "../../_kit/recorder.ts";

const KING = new Float32Array([1, 0, 0.5]);
const needs = "VADD";

/** Adds three elements: a and b are alike, c is different. */
async function addElements(client: CommandClient): Promise<void> {
  assertEquals(await client.vadd("k", [1, 0], "a", { setattr: { year: 1999 } }), true);
  assertEquals(await client.vadd("k", [1, 0.1], "b", { setattr: '{"year":2024}' }), true);
  assertEquals(await client.vadd("k", new Float32Array([0, 1]), "c"), true);
}

commandTest("vadd() takes floats, numbers and bytes", { needs }, async (client) => {
  assertEquals(await client.vadd("k", KING, "floats", { noquant: true }), true);
  assertEquals(await client.vadd("k", new Set([1, 0, 0.5]), "numbers", { noquant: true }), true);
  const bytes = new Uint8Array(KING.buffer);
  assertEquals(await client.vadd("k", bytes, "bytes", { noquant: true }), true);
  assertEquals(await client.vadd("k", KING.subarray(0), "floats", { noquant: true }), false);
  for (const element of ["floats", "numbers", "bytes"]) {
    const vector = (await client.vemb("k", element))!;
    assert(vector instanceof Float32Array);
    for (const i of [0, 1, 2]) assertAlmostEquals(vector[i], KING[i], 1e-6);
  }
  await assertRejects(
    () => client.vadd("k", [1, 2], "x", { noquant: true }),
    ServerError,
    "mismatch",
  );
});

commandTest("vadd() takes its options", { needs }, async (client) => {
  await client.vadd("k", [1, 2, 3, 4], "a", { reduce: 2, cas: true, q8: true, ef: 50, m: 8 });
  assertEquals(await client.vdim("k"), 2);
  const info = await client.vinfo("k");
  assertEquals([info?.quantType, info?.size, info?.vectorDim], ["int8", 1, 2]);
  assertEquals(info?.projectionInputDim, 4);
  await client.vadd("l", [1, -2], "a", { bin: true, q8: false });
  assertEquals((await client.vinfo("l"))?.quantType, "bin");
  assertEquals(await client.vinfo("missing"), null);
});

commandTest("vcard(), vdim(), vismember() and vrem()", { needs }, async (client) => {
  await addElements(client);
  assertEquals(await client.vcard("k"), 3);
  assertEquals(await client.vcard("missing"), 0);
  assertEquals(await client.vdim("k"), 2);
  await assertRejects(() => client.vdim("missing"), ServerError, "does not exist");
  assertEquals(await client.vrem("k", "a"), true);
  assertEquals(await client.vrem("k", "a"), false);
  assertEquals(await client.vcard("k"), 2);
});

commandTest("vismember() tells whether an element is there", {
  needs: "VISMEMBER",
}, async (client) => {
  await addElements(client);
  assertEquals(await client.vismember("k", "a"), true);
  assertEquals(await client.vismember("k", "z"), false);
  assertEquals(await client.vismember("missing", "a"), false);
});

commandTest("vemb() answers a vector, or how it is stored", { needs }, async (client) => {
  await client.vadd("k", [3, 4], "a", { noquant: true });
  assertEquals(await client.vemb("k", "a"), new Float32Array([3, 4]));
  assertEquals(await client.vemb("k", "z"), null);
  const raw = (await client.vemb("k", "a", { raw: true }))!;
  assertEquals([raw.quantization, raw.data.length, raw.norm], ["f32", 8, 5]);
  await client.vadd("l", [3, 4], "a");
  const small = (await client.bytes.vemb("l", "a", { raw: true }))!;
  assertEquals([small.quantization, small.data.length], ["int8", 2]);
  assert(small.range! > 0);
});

commandTest("vgetattr() and vsetattr() are for JSON text", { needs }, async (client) => {
  await addElements(client);
  assertEquals(await client.vgetattr("k", "a"), '{"year":1999}');
  assertEquals(await client.vgetattr("k", "c"), null);
  assertEquals(await client.vsetattr("k", "c", { year: 7 }), true);
  assertEquals(JSON.parse((await client.vgetattr("k", "c"))!), { year: 7 });
  assertEquals(await client.vsetattr("k", "c", ""), true);
  assertEquals(await client.vgetattr("k", "c"), null);
  assertEquals(await client.vsetattr("k", "z", {}), false);
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  await assertRejects(
    () => client.vsetattr("k", "a", cycle),
    TypeError,
    "cannot be serialized as JSON",
  );
});

commandTest("vlinks() lists neighbours by layer", { needs }, async (client) => {
  await addElements(client);
  const layers = (await client.vlinks("k", "a"))!;
  assertEquals(layers.at(-1)!.toSorted(), ["b", "c"]);
  const scored = (await client.vlinks("k", "a", { withscores: true }))!.at(-1)!;
  const b = scored.find(({ element }) => element === "b")!;
  assert(b.score > 0.99 && b.score <= 1.001, `${b.score}`);
  assertEquals(await client.vlinks("k", "z"), null);
});

commandTest("vrandmember() picks elements", { needs }, async (client) => {
  await addElements(client);
  assert(["a", "b", "c"].includes((await client.vrandmember("k"))!));
  assertEquals((await client.vrandmember("k", 5)).toSorted(), ["a", "b", "c"]);
  assertEquals((await client.vrandmember("k", -5)).length, 5);
  assertEquals(await client.vrandmember("missing"), null);
  assertEquals(await client.vrandmember("missing", 2), []);
});

commandTest("vsim() finds similar elements", { needs }, async (client) => {
  await addElements(client);
  assertEquals(await client.vsim("k", [1, 0]), ["a", "b", "c"]);
  assertEquals(await client.vsim("k", new Float32Array([0, 1]), { count: 1 }), ["c"]);
  assertEquals(await client.vsim("k", { ele: "c" }, { truth: true, nothread: true, ef: 10 }), [
    ...["c", "b", "a"],
  ]);
  assertEquals(
    await client.vsim("k", { ele: "a" }, { filter: ".year > 2000", filterEf: 100 }),
    ["b"],
  );
  const scored = await client.vsim("k", { ele: "c" }, { withscores: true, count: 2 });
  assertEquals(scored.map(({ element }) => element), ["c", "b"]);
  assertAlmostEquals(scored[0].score, 1, 0.01);
  const [{ element }] = await client.bytes.vsim("k", { ele: "c" }, { withscores: true });
  assertEquals(element, new TextEncoder().encode("c"));
  assertEquals(await client.vsim("missing", [1, 0]), []);
  await assertRejects(() => client.vsim("k", { ele: "z" }), ServerError, "not found");
});

commandTest("vsim() answers attributes", { needs }, async (client) => {
  await addElements(client);
  const options = { withattribs: true, count: 2 } as const;
  try {
    await client.vsim("k", { ele: "c" }, options);
  } catch (error) {
    // Redis 8.0.2 does not know the option.
    assert(error instanceof ServerError && /syntax|option/i.test(error.message), `${error}`);
    return;
  }
  assertEquals(await client.vsim("k", { ele: "c" }, options), [
    { element: "c", attributes: null },
    { element: "b", attributes: '{"year":2024}' },
  ]);
  const both = await client.vsim("k", { ele: "b" }, { ...options, withscores: true });
  assertEquals(both[0].attributes, '{"year":2024}');
  assertAlmostEquals(both[0].score, 1, 0.01);
});

Deno.test("vrange() sends its bounds and count (Redis 8.4)", () => {
  const recorder = new Recorder();
  recorder.vrange("k", "-", "(b", 5);
  assertEquals(recorder.words, ["VRANGE", "k", "-", "(b", 5]);
  recorder.vrange("k", "[a", "+");
  assertEquals(recorder.words, ["VRANGE", "k", "[a", "+"]);
});

Deno.test("vectors that are none are refused", () => {
  const recorder = new Recorder();
  for (const bad of ["1,2", 5, null, undefined, {}]) {
    recorder.vadd("k", bad as never, "e");
    assert(recorder.words.some((word) => word instanceof TypeError), Deno.inspect(bad));
    recorder.vsim("k", bad as never);
    assert(recorder.words.some((word) => word instanceof TypeError), Deno.inspect(bad));
  }
});

Deno.test("similar elements come as RESP2 and RESP3 have them", () => {
  const both = [
    { element: "a", score: 1, attributes: null },
    { element: "b", score: 0.5, attributes: "{}" },
  ];
  const decode = toSimilarOf({ withscores: true, withattribs: true });
  assertEquals(decode(["a", "1", null, "b", "0.5", "{}"], false), both);
  assertEquals(decode(new Map([["a", [1, null]], ["b", [0.5, "{}"]]]), false), both);
});
