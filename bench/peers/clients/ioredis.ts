/**
 * ioredis, as shipped or with automatic pipelining (mode `auto-pipelining`).
 *
 * @module
 */

import { type Adapter, type Endpoint, type Subscriber, Unsupported } from "./adapter.ts";
import { load } from "./load.ts";
import { mode, serve } from "./serve.ts";

interface Client {
  connect(): Promise<void>;
  disconnect(): void;
  on(event: "error", listener: (error: unknown) => void): void;
  on(event: "message", listener: (channel: string, message: string) => void): void;
  subscribe(...channels: string[]): Promise<unknown>;
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
  mget(keys: string[]): Promise<unknown>;
  lrange(key: string, start: number, stop: number): Promise<unknown>;
}

interface Package {
  Redis: new (options: Record<string, unknown>) => Client;
  Cluster: new (nodes: Record<string, unknown>[], options: Record<string, unknown>) => Client;
}

const { Redis, Cluster } = load<Package>("ioredis");
const enableAutoPipelining = mode === "auto-pipelining";

await serve(async ({ host, port, cluster, tls, protocol, cached }: Endpoint): Promise<Adapter> => {
  if (cached) throw new Unsupported("It has no client-side cache");
  const options = { enableAutoPipelining, lazyConnect: true };
  const client = cluster ? new Cluster([{ host, port }], options) : new Redis({
    ...options,
    host,
    port,
    ...tls && { tls: { ca: tls.caCert } },
    ...protocol && { protocol },
  });
  // Without a listener it prints to the console; what fails is rejected as well.
  client.on("error", () => {});
  await client.connect();
  return {
    get: (key) => client.get(key),
    set: (key, value) => client.set(key, value),
    // In a cluster its MGET takes keys of one slot only.
    mget: cluster
      ? (keys) => Promise.all(keys.map((key) => client.get(key)))
      : (keys) => client.mget(keys),
    lrange: (key, start, stop) => client.lrange(key, start, stop),
    close: () => client.disconnect(),
  };
}, async ({ host, port }, channels, take): Promise<Subscriber> => {
  const client = new Redis({ enableAutoPipelining, lazyConnect: true, host, port });
  client.on("error", () => {});
  client.on("message", take);
  await client.connect();
  await client.subscribe(...channels);
  return { close: () => client.disconnect() };
});
