/**
 * A cluster client with its figures for Prometheus at `/metrics`, and its events in the log.
 *
 *     deno run --allow-net tests/examples/cluster_metrics.ts localhost:7000 9464
 *
 * With OpenTelemetry there is no code to write: see the option `telemetry`, and run the program with `OTEL_DENO=true`.
 *
 * @module
 */

import { RedisClusterClient } from "../../cluster/mod.ts";

const [seed = "localhost:7000", port = "9464"] = Deno.args;
const [host, seedPort] = seed.split(":");
const cluster = await RedisClusterClient.create({
  addresses: [{ host, port: Number(seedPort) }],
  readFrom: "preferReplica",
});

/** Writes down what happens in the background: lost connections, failovers, gaps of subscriptions. */
async function log(): Promise<void> {
  for await (const event of cluster.events) {
    const { type, ...details } = event;
    console.log(
      type,
      JSON.stringify(details, (_, value) => value instanceof Error ? value.message : value),
    );
  }
}

/** The numbers of the statistics, one a line, in the text format of Prometheus. */
function metrics(figures: object, prefix = "redis_client"): string {
  let text = "";
  for (const [name, value] of Object.entries(figures)) {
    const label = `${prefix}_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
    if (typeof value === "number") text += `${label} ${value}\n`;
    else if (typeof value === "object" && value !== null) text += metrics(value, label);
  }
  return text;
}

const logging = log();
const server = Deno.serve({
  port: Number(port),
  onListen: ({ port }) => console.log(`Metrics at http://localhost:${port}/metrics`),
}, async (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/metrics") return new Response(metrics(cluster.statistics));
  // DBSIZE goes to all primaries, and the replies are added up.
  return Response.json({ keys: await cluster.dbsize() });
});

async function stop(): Promise<void> {
  Deno.removeSignalListener("SIGINT", stop);
  await server.shutdown();
  await cluster.close();
  // The events end with the client.
  await logging;
  console.log("Closed");
}
Deno.addSignalListener("SIGINT", stop);
