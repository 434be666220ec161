/**
 * This project's client, with its defaults.
 *
 * @module
 */

import * as library from "../../../mod.ts";
import { type Adapter, type Endpoint, Unsupported } from "./adapter.ts";
import { serve } from "./serve.ts";

await serve(async ({ host, port, cluster, tls, protocol }: Endpoint): Promise<Adapter> => {
  const Client = cluster ? clusterClient() : library.RedisClient;
  const client = await Client.create({
    addresses: [{ host, port }],
    ...tls && { useTls: true, tls: { caCerts: [tls.caCert] } },
    ...protocol && { protocol },
  });
  return {
    get: (key) => client.get(key),
    set: (key, value) => client.set(key, value),
    mget: (keys) => client.mget(keys),
    lrange: (key, start, stop) => client.lrange(key, start, stop),
    close: () => client.close(),
  };
});

/** The cluster client, in versions that have one. */
function clusterClient(): typeof library.RedisClient {
  const { RedisClusterClient } = library as Partial<Record<string, unknown>>;
  if (!RedisClusterClient) throw new Unsupported("It has no cluster client yet");
  return RedisClusterClient as typeof library.RedisClient;
}
