/**
 * This project's client, as shipped but for the time limit.
 *
 * @module
 */

import process from "node:process";
import { REQUEST_TIMEOUT } from "./adapter.ts";
import { serve } from "./serve.ts";

/** On Node and Bun it is the npm package. */
const library: string = "Deno" in globalThis
  ? "../../../mod.ts"
  : `${process.env["BENCH_PACKAGES"]}/ours/mod.js`;
const { RedisClient, RedisClusterClient }: typeof import("../../../mod.ts") = await import(library);

await serve(async ({ host, port, cluster, tls, protocol, cached }) => {
  const configuration = {
    addresses: [{ host, port }],
    requestTimeout: REQUEST_TIMEOUT,
    ...tls && { useTls: true, tls: { caCerts: [tls.caCert] } },
    ...protocol && { protocol },
  };
  const client = cluster
    ? await RedisClusterClient.create(configuration)
    : await RedisClient.create(configuration);
  return cached ? client.cached : client;
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
