/**
 * This project's client, as shipped but for the time limit.
 *
 * @module
 */

import { RedisClient, RedisClusterClient } from "../../../mod.ts";
import { REQUEST_TIMEOUT } from "./adapter.ts";
import { serve } from "./serve.ts";

await serve(({ host, port, cluster, tls, protocol }) => {
  const configuration = {
    addresses: [{ host, port }],
    requestTimeout: REQUEST_TIMEOUT,
    ...tls && { useTls: true, tls: { caCerts: [tls.caCert] } },
    ...protocol && { protocol },
  };
  return cluster ? RedisClusterClient.create(configuration) : RedisClient.create(configuration);
}, async ({ host, port }, channels, take) => {
  const client = await RedisClient.create({
    addresses: [{ host, port }],
    requestTimeout: REQUEST_TIMEOUT,
  });
  await client.subscribe(channels, {
    onMessage: ({ channel, message }) => take(channel, message),
  });
  return client;
});
