/**
 * The client that is built into Bun; runs on Bun only.
 *
 * @module
 */

import { type Adapter, type Endpoint, type Subscriber, Unsupported } from "./adapter.ts";
import { serve } from "./serve.ts";

interface Client {
  connect(): Promise<unknown>;
  close(): void;
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
  mget(...keys: string[]): Promise<unknown>;
  subscribe(
    channels: readonly string[],
    listener: (message: string, channel: string) => void,
  ): Promise<unknown>;
  lrange(key: string, start: number, stop: number): Promise<unknown>;
}

declare const Bun: {
  RedisClient: new (url: string, options?: Record<string, unknown>) => Client;
};

await serve(async ({ host, port, cluster, tls, protocol, cached }: Endpoint): Promise<Adapter> => {
  if (cached) throw new Unsupported("It has no client-side cache");
  if (cluster) throw new Unsupported("It has no cluster client");
  if (protocol) throw new Unsupported("It always asks for RESP3");
  const client = tls
    ? new Bun.RedisClient(`rediss://${host}:${port}`, { tls: { ca: tls.caCert } })
    : new Bun.RedisClient(`redis://${host}:${port}`);
  await client.connect();
  return {
    get: (key) => client.get(key),
    set: (key, value) => client.set(key, value),
    mget: (keys) => client.mget(...keys),
    lrange: (key, start, stop) => client.lrange(key, start, stop),
    close: () => client.close(),
  };
}, async ({ host, port }, channels, take): Promise<Subscriber> => {
  const client = new Bun.RedisClient(`redis://${host}:${port}`);
  await client.connect();
  await client.subscribe(channels, (message, channel) => take(channel, message));
  return { close: () => client.close() };
});
