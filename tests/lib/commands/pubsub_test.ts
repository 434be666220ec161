import { assertEquals } from "@std/assert";
import { ByteMap } from "../../../lib/commands/mod.ts";
import { commandTest } from "../../_kit/command_tests.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

commandTest("publish() tells that nobody listens", async (client) => {
  assertEquals(await client.publish("news", "hello"), 0);
  assertEquals(await client.publish(bytes("news"), bytes("hello")), 0);
});

commandTest(
  "publish() reaches channels and patterns",
  { except: { cluster: "only the subscribers at one node are counted" } },
  async (client, { subscribe }) => {
    await subscribe("SUBSCRIBE", "news", "weather");
    await subscribe("PSUBSCRIBE", "n*");
    assertEquals(await client.publish("news", "hello"), 2);
    assertEquals(await client.publish("weather", 20), 1);
    assertEquals(await client.bytes.publish("sports", "hello"), 0);
  },
);

commandTest("pubsubChannels() lists channels", async (client, { subscribe }) => {
  assertEquals(await client.pubsubChannels(), []);
  await subscribe("SUBSCRIBE", "news:a", "news:b", "weather");
  await subscribe("PSUBSCRIBE", "x*");
  assertEquals((await client.pubsubChannels()).toSorted(), ["news:a", "news:b", "weather"]);
  assertEquals((await client.pubsubChannels("news:*")).toSorted(), ["news:a", "news:b"]);
  assertEquals(await client.bytes.pubsubChannels("w*"), [bytes("weather")]);
});

commandTest("pubsubNumpat() counts patterns", async (client, { subscribe }) => {
  assertEquals(await client.pubsubNumpat(), 0);
  await subscribe("PSUBSCRIBE", "a*", "b*");
  await subscribe("SUBSCRIBE", "c");
  assertEquals(await client.pubsubNumpat(), 2);
});

commandTest("pubsubNumsub() counts subscribers", async (client, { subscribe }) => {
  await subscribe("SUBSCRIBE", "news", "weather");
  await subscribe("SUBSCRIBE", "news");
  assertEquals({ ...await client.pubsubNumsub(["news", "weather", "sports"]) }, {
    news: 2,
    weather: 1,
    sports: 0,
  });
  assertEquals({ ...await client.pubsubNumsub("news") }, { news: 2 });
  assertEquals({ ...await client.pubsubNumsub([]) }, {});
  assertEquals(Object.getPrototypeOf(await client.pubsubNumsub("news")), null);
  assertEquals(await client.bytes.pubsubNumsub(["news"]), new ByteMap([[bytes("news"), 2]]));
});

commandTest("shard channels are counted and listed apart", async (client, { subscribe }) => {
  await subscribe("SSUBSCRIBE", "orders");
  assertEquals(await client.pubsubShardchannels(), ["orders"]);
  assertEquals(await client.pubsubShardchannels("x*"), []);
  assertEquals(await client.bytes.pubsubShardchannels("o*"), [bytes("orders")]);
  assertEquals({ ...await client.pubsubShardnumsub(["orders", "x"]) }, { orders: 1, x: 0 });
  assertEquals({ ...await client.pubsubShardnumsub([]) }, {});
  assertEquals(await client.bytes.pubsubShardnumsub("orders"), new ByteMap([[bytes("orders"), 1]]));
  assertEquals(await client.pubsubChannels(), []);
});

commandTest("spublish() counts who got the message", async (client, { subscribe }) => {
  assertEquals(await client.spublish("orders", "hello"), 0);
  await subscribe("SSUBSCRIBE", "orders");
  assertEquals(await client.spublish("orders", "hello"), 1);
  assertEquals(await client.bytes.spublish("orders", 5), 1);
});
