/**
 * Valkey GLIDE: a core in Rust with bindings to JavaScript. As shipped but for the time limit.
 *
 * @module
 */

import { type Adapter, type Endpoint, REQUEST_TIMEOUT, type Subscriber } from "./adapter.ts";
import { load } from "./load.ts";
import { serve } from "./serve.ts";

interface Client {
  close(): void;
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
  mget(keys: string[]): Promise<unknown>;
  lrange(key: string, start: number, stop: number): Promise<unknown>;
}

interface Message {
  readonly channel: string;
  readonly message: string;
}

/** Its number for subscriptions to channels by their exact name. */
const EXACT = 0;

interface Factory {
  createClient(options: Record<string, unknown>): Promise<Client>;
}

interface Package {
  GlideClient: Factory;
  GlideClusterClient: Factory;
  ProtocolVersion: { RESP2: number };
  ClientSideCache: new (options: Record<string, unknown>) => unknown;
}

const { ClientSideCache, GlideClient, GlideClusterClient, ProtocolVersion } = load<Package>(
  "@valkey/valkey-glide",
);

await serve(async ({ host, port, cluster, tls, protocol, cached }: Endpoint): Promise<Adapter> => {
  const factory = cluster ? GlideClusterClient : GlideClient;
  const client = await factory.createClient({
    addresses: [{ host, port }],
    requestTimeout: REQUEST_TIMEOUT,
    ...tls && {
      useTLS: true,
      advancedConfiguration: { tlsAdvancedConfiguration: { rootCertificates: tls.caCert } },
    },
    ...protocol && { protocol: ProtocolVersion.RESP2 },
    ...cached && {
      clientSideCache: new ClientSideCache({
        maxCacheKb: 64 * 1024,
        entryTtlMs: 60_000,
        serverAssisted: true,
      }),
    },
  });
  return {
    get: (key) => client.get(key),
    set: (key, value) => client.set(key, value),
    mget: (keys) => client.mget(keys),
    lrange: (key, start, stop) => client.lrange(key, start, stop),
    close: () => client.close(),
  };
}, async ({ host, port }, channels, take): Promise<Subscriber> => {
  const client = await GlideClient.createClient({
    addresses: [{ host, port }],
    requestTimeout: REQUEST_TIMEOUT,
    pubsubSubscriptions: {
      channelsAndPatterns: { [EXACT]: new Set(channels) },
      callback: ({ channel, message }: Message) => take(channel, message),
    },
  });
  return { close: () => client.close() };
});
