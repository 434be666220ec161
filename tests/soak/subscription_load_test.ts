import { RedisClient, RedisClusterClient } from "../../mod.ts";
import { startCluster, startServer } from "../../lib/testing/mod.ts";
import { runSubscriptionLoad } from "./subscription_load.ts";

const LOAD = { subscriptions: 40, channels: 60, messages: 6000, large: 2 };
const PATIENT = { requestTimeout: 10_000, clientCreationTimeout: 10_000 };

for (const protocol of [2, 3] as const) {
  Deno.test(`RESP${protocol}: many subscriptions get each of their messages once, in order and intact`, async () => {
    await using server = await startServer();
    const addresses = [{ host: server.host, port: server.port }];
    await using subscriber = await RedisClient.create({ addresses, protocol, ...PATIENT });
    await using publisher = await RedisClient.create({ addresses, ...PATIENT });
    await runSubscriptionLoad(subscriber, publisher, LOAD);
  });
}

Deno.test("many subscriptions in a cluster get each of their messages once, in order and intact", async () => {
  await using cluster = await startCluster();
  const addresses = cluster.addresses.map(({ host, port }) => ({ host, port }));
  await using subscriber = await RedisClusterClient.create({ addresses, ...PATIENT });
  await using publisher = await RedisClusterClient.create({ addresses, ...PATIENT });
  await runSubscriptionLoad(subscriber, publisher, LOAD);
});
