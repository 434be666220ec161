import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { toFoundMembersOf, toGeoPosition } from "../../../lib/commands/_geo_search.ts";
import type { GeoArea, GeoPosition } from "../../../lib/commands/mod.ts";
import { ServerError, UnexpectedReplyError } from "../../../lib/errors.ts";
import { startFakeServer } from "../../../lib/testing/mod.ts";
import { RedisClient } from "../../../standalone/mod.ts";
import { type CommandClient, commandTest } from "../../_kit/command_tests.ts";

const text = new TextEncoder();

const PALERMO = { longitude: 13.361389, latitude: 38.115556 };
const CATANIA = { longitude: 15.087269, latitude: 37.502669 };
const CENTER = { longitude: 15, latitude: 37 };
/** Has both cities, Catania being the nearer one. */
const NEAR: GeoArea = { fromlonlat: CENTER, byradius: { radius: 200, unit: "km" } };

async function addCities(client: CommandClient, key: string): Promise<void> {
  assertEquals(await client.geoadd(key, { Palermo: PALERMO, Catania: CATANIA }), 2);
}

function assertNear(actual: GeoPosition | null | undefined, expected: GeoPosition): void {
  assert(actual);
  assertAlmostEquals(actual.longitude, expected.longitude, 1e-5);
  assertAlmostEquals(actual.latitude, expected.latitude, 1e-5);
}

commandTest("geoadd() adds and moves members", async (client) => {
  await addCities(client, "k");
  const moved = { longitude: 14, latitude: 38 };
  assertEquals(await client.geoadd("k", [["Palermo", moved], [7, CENTER]], { nx: true }), 1);
  assertNear((await client.geopos("k", "Palermo"))[0], PALERMO);
  const both = new Map([["Palermo", moved], ["new", moved]]);
  assertEquals(await client.geoadd("k", both, { xx: true, ch: true }), 1);
  assertNear((await client.geopos("k", "Palermo"))[0], moved);
  assertEquals(await client.zcard("k"), 3);
  await assertRejects(() => client.geoadd("k", {}), RangeError, "expected one or more members");
  await assertRejects(
    () => client.geoadd("k", { pole: { longitude: 0, latitude: 90 } }),
    ServerError,
    "invalid longitude,latitude",
  );
});

commandTest("geo commands refuse a key that holds no sorted set", async (client) => {
  await client.set("{k}", "x");
  for (
    const attempt of [
      () => client.geoadd("{k}", { a: CENTER }),
      () => client.geodist("{k}", "a", "b"),
      () => client.geohash("{k}", "a"),
      () => client.geopos("{k}", "a"),
      () => client.georadius("{k}", CENTER, 1, "m"),
      () => client.georadiusRo("{k}", CENTER, 1, "m"),
      () => client.georadiusbymember("{k}", "a", 1, "m"),
      () => client.georadiusbymemberRo("{k}", "a", 1, "m"),
      () => client.geosearch("{k}", NEAR),
      () => client.geosearchstore("{k}out", "{k}", NEAR),
    ]
  ) {
    assertEquals((await assertRejects(attempt, ServerError)).code, "WRONGTYPE", String(attempt));
  }
});

commandTest("geodist() computes distances", async (client) => {
  assertEquals(await client.geodist("k", "Palermo", "Catania"), null);
  await addCities(client, "k");
  assertAlmostEquals((await client.geodist("k", "Palermo", "Catania"))!, 166_274, 1);
  assertAlmostEquals((await client.geodist("k", "Palermo", "Catania", "km"))!, 166.274, 0.001);
  assertAlmostEquals((await client.geodist("k", "Palermo", "Catania", "mi"))!, 103.318, 0.001);
  assertAlmostEquals((await client.geodist("k", "Palermo", "Catania", "ft"))!, 545_519, 1);
  assertEquals(await client.geodist("k", "Palermo", "Atlantis"), null);
});

commandTest("geohash() and geopos() answer null for what is missing", async (client) => {
  await addCities(client, "k");
  assertEquals(await client.geohash("k", ["Palermo", "Atlantis", "Catania"]), [
    "sqc8b49rny0",
    null,
    "sqdtr74hyu0",
  ]);
  assertEquals(await client.bytes.geohash("k", "Palermo"), ["sqc8b49rny0"]);
  const [palermo, atlantis, catania] = await client.geopos("k", ["Palermo", "Atlantis", "Catania"]);
  assertNear(palermo, PALERMO);
  assertEquals(atlantis, null);
  assertNear(catania, CATANIA);
  assertEquals(await client.geopos("missing", "a"), [null]);
  await assertRejects(() => client.geohash("k", []), RangeError);
  await assertRejects(() => client.geopos("k", []), RangeError);
});

commandTest("geosearch() finds members in circles and rectangles", async (client) => {
  assertEquals(await client.geosearch("k", NEAR), []);
  await addCities(client, "k");
  assertEquals(await client.geosearch("k", NEAR, { asc: true }), ["Catania", "Palermo"]);
  assertEquals(await client.geosearch("k", NEAR, { desc: true }), ["Palermo", "Catania"]);
  assertEquals(await client.geosearch("k", NEAR, { count: 1 }), ["Catania"]);
  assertEquals((await client.geosearch("k", NEAR, { count: 1, any: true })).length, 1);
  const aroundCatania: GeoArea = { frommember: "Catania", byradius: { radius: 1, unit: "mi" } };
  assertEquals(await client.geosearch("k", aroundCatania), ["Catania"]);
  const box: GeoArea = { fromlonlat: CENTER, bybox: { width: 400, height: 400, unit: "km" } };
  assertEquals(await client.geosearch("k", box, { asc: true }), ["Catania", "Palermo"]);
  const flat: GeoArea = { frommember: "Palermo", bybox: { width: 400, height: 1, unit: "km" } };
  assertEquals(await client.bytes.geosearch("k", flat), [text.encode("Palermo")]);
  const lost: GeoArea = { frommember: "Atlantis", byradius: { radius: 1, unit: "m" } };
  await assertRejects(() => client.geosearch("k", lost), ServerError);
});

commandTest("geosearch() answers each detail that is asked for", async (client) => {
  await addCities(client, "k");
  const [nearest, ...rest] = await client.geosearch("k", NEAR, {
    count: 1,
    withcoord: true,
    withdist: true,
    withhash: true,
  });
  assertEquals(rest, []);
  assertEquals(nearest.member, "Catania");
  assertAlmostEquals(nearest.distance!, 56.4413, 0.001);
  assertEquals(nearest.hash, 3479447370796909);
  assertNear(nearest.position, CATANIA);
  const matches = await client.geosearch("k", NEAR, { asc: true, withhash: true });
  assertEquals(matches, [
    { member: "Catania", hash: 3479447370796909 },
    { member: "Palermo", hash: 3479099956230698 },
  ]);
  const [match] = await client.bytes.geosearch("k", NEAR, { asc: true, withcoord: true });
  assertEquals(match.member, text.encode("Catania"));
  assertEquals(Object.keys(match), ["member", "position"]);
  assertNear(match.position, CATANIA);
});

commandTest(
  "geosearch() and geosearchstore() find members in polygons",
  { needs: "GEOSEARCH BYPOLYGON" },
  async (client) => {
    await addCities(client, "{k}");
    const triangle: GeoArea = {
      bypolygon: [
        { longitude: 12, latitude: 37 },
        { longitude: 14.5, latitude: 37 },
        { longitude: 13.4, latitude: 39 },
      ],
    };
    assertEquals(await client.geosearch("{k}", triangle), ["Palermo"]);
    const [{ distance }] = await client.geosearch("{k}", triangle, { withdist: true });
    assert(distance! > 0 && distance! < 100_000, String(distance));
    assertEquals(await client.geosearchstore("{k}out", "{k}", triangle), 1);
    assertEquals(await client.zrange("{k}out", 0, -1), ["Palermo"]);
  },
);

commandTest("geosearchstore() stores positions or distances", async (client) => {
  await addCities(client, "{k}");
  assertEquals(await client.geosearchstore("{k}out", "{k}", NEAR), 2);
  assertNear((await client.geopos("{k}out", "Palermo"))[0], PALERMO);
  assertEquals(
    await client.geosearchstore("{k}out", "{k}", NEAR, { count: 1, asc: true, storedist: true }),
    1,
  );
  assertAlmostEquals((await client.zscore("{k}out", "Catania"))!, 56.4413, 0.001);
  assertEquals(await client.geosearchstore("{k}out", "{k}missing", NEAR), 0);
  assertEquals(await client.exists("{k}out"), 0);
});

commandTest("georadius() and georadiusRo() find members around a position", async (client) => {
  await addCities(client, "{k}");
  for (const search of ["georadius", "georadiusRo"] as const) {
    assertEquals(await client[search as "georadiusRo"]("{k}", CENTER, 200, "km", { desc: true }), [
      "Palermo",
      "Catania",
    ]);
    const [{ member, distance, position, ...rest }] = await client[search as "georadiusRo"](
      "{k}",
      CENTER,
      200,
      "km",
      {
        count: 1,
        withdist: true,
        withcoord: true,
      },
    );
    assertEquals(member, "Catania");
    assertAlmostEquals(distance, 56.4413, 0.001);
    assertNear(position, CATANIA);
    assertEquals(rest, {});
    assertEquals(await client[search as "georadiusRo"]("{k}missing", CENTER, 1, "ft"), []);
  }
});

commandTest("georadiusbymember() and …Ro() find members around a member", async (client) => {
  await addCities(client, "{k}");
  for (const search of ["georadiusbymember", "georadiusbymemberRo"] as const) {
    assertEquals(
      await client[search as "georadiusbymemberRo"]("{k}", "Palermo", 200, "km", { asc: true }),
      [
        "Palermo",
        "Catania",
      ],
    );
    assertEquals(
      await client[search as "georadiusbymemberRo"]("{k}", "Palermo", 1, "mi", { withdist: true }),
      [
        { member: "Palermo", distance: 0 },
      ],
    );
    await assertRejects(
      () => client[search as "georadiusbymemberRo"]("{k}", "Atlantis", 1, "m"),
      ServerError,
    );
  }
});

commandTest("georadius() and georadiusbymember() store", async (client) => {
  await addCities(client, "{k}");
  assertEquals(await client.georadius("{k}", CENTER, 200, "km", { store: "{k}out" }), 2);
  assertNear((await client.geopos("{k}out", "Palermo"))[0], PALERMO);
  assertEquals(
    await client.georadiusbymember("{k}", "Palermo", 200, "km", { storedist: "{k}out", count: 1 }),
    1,
  );
  assertEquals(await client.zrange("{k}out", 0, -1, { withscores: true }), [
    { member: "Palermo", score: 0 },
  ]);
});

// The servers that the suite usually runs on are older.
Deno.test("geosearch() speaks to Valkey 9.0", async () => {
  await using server = await startFakeServer({ GEOSEARCH: [["a", "1.5"]] });
  await using client = await RedisClient.create(server.url);
  const bypolygon = [PALERMO, CATANIA, CENTER];
  assertEquals(await client.geosearch("k", { bypolygon }, { desc: true, withdist: true }), [
    { member: "a", distance: 1.5 },
  ]);
  assertEquals(
    server.received.at(-1)!.args.join(" "),
    "GEOSEARCH k BYPOLYGON 3 13.361389 38.115556 15.087269 37.502669 15 37 WITHDIST DESC",
  );
});

Deno.test("decoders of positions refuse other shapes", () => {
  for (const reply of [null, "a", ["1"], ["1", "2", "3"], ["1", "north"]]) {
    assertThrows(() => toGeoPosition(reply), UnexpectedReplyError);
  }
  const decode = toFoundMembersOf({ withdist: true, withcoord: true });
  for (const reply of [null, ["a"], [["a", "1"]], [["a", ["1", "2"], "1"]]]) {
    assertThrows(() => decode(reply, false), UnexpectedReplyError);
  }
});

/** Never called: the compiler refuses what does not go together. */
function _refused(client: CommandClient): void {
  // @ts-expect-error: around a member or a position.
  client.geosearch("k", {
    frommember: "a",
    fromlonlat: CENTER,
    byradius: { radius: 1, unit: "m" },
  });
  // @ts-expect-error: around what?
  client.geosearch("k", { byradius: { radius: 1, unit: "m" } });
  // @ts-expect-error: a polygon has no middle.
  client.geosearch("k", { frommember: "a", bypolygon: [PALERMO, CATANIA, CENTER] });
  // @ts-expect-error: one order.
  client.geosearch("k", NEAR, { asc: true, desc: true });
  // @ts-expect-error: ANY is for COUNT.
  client.geosearch("k", NEAR, { any: true });
  // @ts-expect-error: stored members are not answered.
  client.georadius("k", CENTER, 1, "m", { store: "out", withdist: true });
  // @ts-expect-error: this one does not store.
  client.georadiusRo("k", CENTER, 1, "m", { store: "out" });
  // @ts-expect-error: no such unit.
  client.geodist("k", "a", "b", "yd");
}
