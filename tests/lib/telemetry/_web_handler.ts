/**
 * A web server whose handler uses both clients, to be run with `OTEL_DENO=true`.
 *
 * Its argument is a {@linkcode Setup} as JSON. It prints its port when it is ready, and ends with its input.
 *
 * @module
 */

import { RedisClient, RedisClusterClient, type TelemetryOptions } from "../../../mod.ts";

/** What the program needs to know. */
export interface Setup {
  /** A standalone server. */
  readonly server: { readonly host: string; readonly port: number };
  /** A node of a cluster. */
  readonly seed: { readonly host: string; readonly port: number };
  /** A user of the standalone server. */
  readonly credentials: { readonly username: string; readonly password: string };
  /** A value that is written. */
  readonly value: string;
  /** Keys of three nodes. */
  readonly keys: readonly string[];
  /** A key whose slot moves before the handler is called. */
  readonly moved: string;
  /** Options of the clients. */
  readonly telemetry: TelemetryOptions;
}

if (import.meta.main) {
  const setup: Setup = JSON.parse(Deno.args[0]);
  const { server, seed, credentials, value, telemetry } = setup;
  const timeouts = { requestTimeout: 10_000, clientCreationTimeout: 10_000 };
  await using client = await RedisClient.create({
    addresses: [server],
    credentials,
    telemetry,
    ...timeouts,
  });
  await using cluster = await RedisClusterClient.create({
    addresses: [seed],
    telemetry,
    ...timeouts,
  });
  const web = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(port),
  }, async () => {
    await client.get("greeting");
    await client.batch((b) => [b.set("greeting", value), b.incr("visits")]);
    await cluster.mget([...setup.keys]);
    await client.transaction((t) => [t.get("visits"), t.get("greeting")]);
    await cluster.get(setup.moved);
    await client.incr("greeting").catch(() => {});
    return new Response("done");
  });
  await Deno.stdin.read(new Uint8Array(1));
  await web.shutdown();
}
