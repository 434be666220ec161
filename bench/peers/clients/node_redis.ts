/**
 * node-redis, as shipped or without its time limit for commands (mode `no-timeout`).
 *
 * @module
 */

import type { Adapter, Endpoint, Subscriber } from "./adapter.ts";
import { load } from "./load.ts";
import { mode, serve } from "./serve.ts";

interface Client {
  connect(): Promise<unknown>;
  destroy(): void;
  on(event: "error", listener: (error: unknown) => void): void;
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
  mGet(keys: string[]): Promise<unknown>;
  subscribe(
    channels: readonly string[],
    listener: (message: string, channel: string) => void,
  ): Promise<unknown>;
  lRange(key: string, start: number, stop: number): Promise<unknown>;
}

interface Package {
  createClient(options: Record<string, unknown>): Client;
  createCluster(options: Record<string, unknown>): Client;
}

const { createClient, createCluster } = load<Package>("redis");
const commandOptions = mode === "no-timeout" ? { timeout: undefined } : {};

await serve(async ({ host, port, cluster, tls, protocol, cached }: Endpoint): Promise<Adapter> => {
  const socket = { host, port, ...tls && { tls: true, ca: tls.caCert } };
  const client = cluster
    ? createCluster({ rootNodes: [{ socket }], commandOptions })
    : createClient({
      socket,
      commandOptions,
      ...protocol && { RESP: protocol },
      ...cached && { RESP: 3, clientSideCache: { ttl: 0, maxEntries: 0, evictPolicy: "LRU" } },
    });
  // Without a listener an error ends the process; what fails is rejected as well.
  client.on("error", () => {});
  await client.connect();
  return {
    get: (key) => client.get(key),
    set: (key, value) => client.set(key, value),
    // In a cluster its MGET takes keys of one slot only.
    mget: cluster
      ? (keys) => Promise.all(keys.map((key) => client.get(key)))
      : (keys) => client.mGet(keys),
    lrange: (key, start, stop) => client.lRange(key, start, stop),
    close: () => client.destroy(),
  };
}, async ({ host, port }, channels, take): Promise<Subscriber> => {
  const client = createClient({ socket: { host, port }, commandOptions });
  client.on("error", () => {});
  await client.connect();
  await client.subscribe(channels, (message, channel) => take(channel, message));
  return { close: () => client.destroy() };
});
