/**
 * The servers that all clients are measured on, with the data on them.
 *
 * @module
 */

import { startCluster, startServer, type TestServer } from "../../lib/testing/mod.ts";
import type { Endpoint } from "./clients/adapter.ts";
import { BIG_KEYS, BIG_VALUES, KEYS, LIST_ITEMS, LIST_KEY, VALUES } from "./data.ts";
import { type Pinning, pinServer } from "./pinning.ts";
import { encodeCommand, openSocket, writeAll } from "./socket.ts";
import type { ServerKind, Workload } from "./workloads.ts";

/** The servers, as long as they run. */
export class Servers implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly #endpoints = new Map<ServerKind, Endpoint>();
  #version = "";

  /** What the servers are: name and version. */
  get version(): string {
    return this.#version;
  }

  /**
   * Starts the servers that some workloads need, and loads the data.
   *
   * @param workloads The workloads.
   * @param pinning Where the servers are to run.
   * @returns The servers.
   */
  static async start(workloads: readonly Workload[], pinning: Pinning): Promise<Servers> {
    const servers = new Servers();
    try {
      for (const kind of new Set(workloads.map(({ server }) => server))) {
        await servers.#start(kind, pinning);
      }
      return servers;
    } catch (error) {
      await servers[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Where the clients are to connect for a workload. */
  endpointFor({ server, protocol, cached }: Workload): Endpoint {
    return { ...this.#endpoints.get(server)!, protocol, cached };
  }

  /** Stops all servers. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  async #start(kind: ServerKind, pinning: Pinning): Promise<void> {
    let nodes: TestServer[];
    if (kind === "cluster") nodes = this.#stack.use(await startCluster({ shards: 3 })).nodes;
    else nodes = [this.#stack.use(await startServer({ tls: kind === "tls" }))];
    const endpoints = nodes.map(({ host, port, tls }): Endpoint => ({
      host,
      port,
      cluster: kind === "cluster",
      ...tls && { tls: { caCert: tls.caCert, caCertPath: tls.paths.caCert } },
    }));
    for (const endpoint of endpoints) await load(endpoint);
    for (const { pid } of nodes) await pinServer(pinning, pid);
    this.#endpoints.set(kind, endpoints[0]);
    const info = await nodes[0].info("server");
    this.#version = info.valkey_version
      ? `Valkey ${info.valkey_version}`
      : `Redis ${info.redis_version}`;
  }
}

/**
 * Loads the data into a server. Every node of a cluster is offered all of it, keeps what belongs into its slots, and answers MOVED
 * to the rest.
 */
async function load(endpoint: Endpoint): Promise<void> {
  const commands = [
    ...KEYS.map((key, i) => ["SET", key, VALUES[i]]),
    ...BIG_KEYS.map((key, i) => ["SET", key, BIG_VALUES[i]]),
    ["RPUSH", LIST_KEY, ...LIST_ITEMS],
  ];
  using conn = await openSocket(endpoint);
  const [lines] = await Promise.all([
    readLines(conn, commands.length),
    (async () => {
      for (const command of commands) await writeAll(conn, encodeCommand(command));
    })(),
  ]);
  const refused = lines.find((line) => line.startsWith("-") && !line.startsWith("-MOVED "));
  if (refused) throw new Error(`Cannot load the data: the server answered "${refused.slice(1)}"`);
}

async function readLines(conn: Deno.Conn, count: number): Promise<string[]> {
  let text = "";
  let found = 0;
  for await (const part of conn.readable.pipeThrough(new TextDecoderStream())) {
    text += part;
    found += part.split("\n").length - 1;
    if (found >= count) return text.trimEnd().split("\r\n");
  }
  throw new Error("Cannot load the data: the server has closed the connection");
}
