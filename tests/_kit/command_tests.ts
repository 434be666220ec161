/**
 * Tests of commands: each body runs on every surface that has the commands.
 *
 * A surface is a kind of client with a protocol. Each test gets a client of its own and an empty server.
 *
 * @module
 */

import { RedisClusterClient } from "../../cluster/mod.ts";
import type { Reply } from "../../lib/resp/mod.ts";
import { startCluster, startServer } from "../../lib/testing/mod.ts";
import { type NodeAddress, RedisClient, type RedisCredentials } from "../../standalone/mod.ts";
import { subscribe } from "./subscriber.ts";
import { BatchSurface, ClusterSurface, type CommandClient, type SurfaceName } from "./surfaces.ts";

export type { CommandClient } from "./surfaces.ts";

/** What a body can use besides the client under test. */
export interface CommandTestContext {
  /** Protocol of the surface. */
  protocol: 2 | 3;
  /** Makes another client of the same kind, which ends with the test. */
  connect(): Promise<CommandClient>;
  /** Subscribes on a connection of its own, at any one node of a cluster, until the test ends. */
  subscribe(
    command: "SUBSCRIBE" | "PSUBSCRIBE" | "SSUBSCRIBE",
    ...channels: string[]
  ): Promise<void>;
}

/** Options for {@linkcode commandTest}. */
export interface CommandTestOptions {
  /**
   * What the server has to know: commands (`"HEXPIRE"`, `"CLIENT NO-TOUCH"`) and options of commands (`"SET IFEQ"`).
   * Without them the test is skipped, and its name says why.
   */
  needs?: string | string[];
  /** Whether the server has to reach this machine, which one that `REDIS_URL` names may not. @default {false} */
  local?: boolean;
  /** Surfaces that the body cannot run on, each with the reason. */
  except?: Partial<Record<SurfaceName, string>>;
}

/** A test body. */
export type CommandTestBody = (
  client: CommandClient,
  context: CommandTestContext,
) => Promise<void>;

interface Surface {
  name: SurfaceName;
  protocol: 2 | 3;
  /** Makes a client that ends with the test. */
  open(clients: AsyncDisposableStack): Promise<CommandClient>;
}

const surfaces: Surface[] = ([2, 3] as const).flatMap((protocol): Surface[] => [
  {
    name: "standalone",
    protocol,
    open: async (clients) => clients.use(await connectToServer(protocol)),
  },
  {
    name: "batch",
    protocol,
    open: async (clients) => new BatchSurface(clients.use(await connectToServer(protocol))),
  },
  {
    name: "cluster",
    protocol,
    open: async (clients) => new ClusterSurface(clients.use(await connectToCluster(protocol))),
  },
]);

/** Generous, since a busy machine is no reason to fail here. */
const PATIENCE = { requestTimeout: 10_000, clientCreationTimeout: 10_000 };

const NO_CLUSTER = "REDIS_URL is set, and REDIS_CLUSTER_URL is not";

/** Where the tests find a server and a cluster; no cluster where only a server is given. */
const [server, cluster] = await Promise.all([findServer(), findCluster()]);

interface Target {
  addresses: NodeAddress[];
  credentials?: RedisCredentials;
}

async function findServer(): Promise<Target> {
  const url = Deno.env.get("REDIS_URL");
  if (url !== undefined) return targetOf(url);
  const server = await startServer();
  server.unref();
  return targetOf(server.url);
}

async function findCluster(): Promise<Target | undefined> {
  const url = Deno.env.get("REDIS_CLUSTER_URL");
  if (url !== undefined) return targetOf(url);
  if (Deno.env.has("REDIS_URL")) return undefined;
  const cluster = await startCluster();
  cluster.unref();
  return { addresses: cluster.addresses };
}

function targetOf(url: string): Target {
  const { hostname, port, username, password } = new URL(url);
  return {
    addresses: [{ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 6379) }],
    ...(password === "" ? {} : {
      credentials: {
        ...(username === "" ? {} : { username: decodeURIComponent(username) }),
        password: decodeURIComponent(password),
      },
    }),
  };
}

/**
 * Makes a client for the server of the tests.
 *
 * @param protocol The protocol to speak.
 * @returns The client, to be closed by the caller.
 */
export function connectToServer(protocol: 2 | 3 = 3): Promise<RedisClient> {
  return RedisClient.create({ ...server, protocol, ...PATIENCE });
}

/**
 * Makes a client for the cluster of the tests.
 *
 * @param protocol The protocol to speak.
 * @returns The client, to be closed by the caller.
 * @throws {Error} If there is no cluster.
 */
export function connectToCluster(protocol: 2 | 3 = 3): Promise<RedisClusterClient> {
  if (cluster === undefined) throw new Error(`Cannot connect: ${NO_CLUSTER}`);
  return RedisClusterClient.create({ ...cluster, protocol, ...PATIENCE });
}

/** Commands of the server, and options of its commands: `"GET"`, `"CLIENT LIST"`, `"SET IFEQ"`. */
const known: ReadonlySet<string> = await learnCommands();

async function learnCommands(): Promise<Set<string>> {
  await using client = await connectToServer();
  const found = new Set<string>();
  learn(await client.customCommand(["COMMAND", "DOCS"]));
  return found;

  function learn(reply: Reply): void {
    if (!(reply instanceof Map)) return;
    for (const [name, docs] of reply) {
      // Subcommands are named "container|subcommand".
      const full = String(name).toUpperCase().replace("|", " ");
      found.add(full);
      if (!(docs instanceof Map)) continue;
      learnOptions(full, docs.get("arguments"));
      learn(docs.get("subcommands") ?? null);
    }
  }

  function learnOptions(command: string, options: Reply | undefined): void {
    if (!Array.isArray(options)) return;
    for (const option of options) {
      if (!(option instanceof Map)) continue;
      const token = option.get("token");
      if (typeof token === "string" && token !== "") found.add(`${command} ${token.toUpperCase()}`);
      learnOptions(command, option.get("arguments"));
    }
  }
}

/**
 * Finds out what the server lacks.
 *
 * @param needs Commands and options of commands.
 * @returns Those that it does not know.
 */
export function missing(needs: string | string[] = []): string[] {
  return [needs].flat().filter((need) => !known.has(need));
}

/**
 * Registers a test on every surface.
 *
 * @param name What is to be seen: `hset() counts new fields only`.
 * @param body The test.
 */
export function commandTest(name: string, body: CommandTestBody): void;
/** Registers a test on every surface, with options. */
export function commandTest(name: string, options: CommandTestOptions, body: CommandTestBody): void;
/** Registers a test on every surface. */
export function commandTest(
  name: string,
  optionsOrBody: CommandTestOptions | CommandTestBody,
  lastBody?: CommandTestBody,
): void {
  const options = typeof optionsOrBody === "function" ? {} : optionsOrBody;
  const body = typeof optionsOrBody === "function" ? optionsOrBody : lastBody!;
  for (const surface of surfaces) {
    const reason = reasonToSkip(surface, options);
    Deno.test({
      name: `${name} [${surface.name}, RESP${surface.protocol}]` +
        (reason === undefined ? "" : ` (skipped: ${reason})`),
      ignore: reason !== undefined,
      fn: () => runOn(surface, body),
    });
  }
}

function reasonToSkip(surface: Surface, options: CommandTestOptions): string | undefined {
  const lacking = missing(options.needs);
  if (lacking.length > 0) return `the server has no ${lacking.join(", no ")}`;
  if (options.local && Deno.env.has("REDIS_URL")) return "the server may be elsewhere";
  if (surface.name === "cluster" && cluster === undefined) return NO_CLUSTER;
  return options.except?.[surface.name];
}

async function runOn(surface: Surface, body: CommandTestBody): Promise<void> {
  await using clients = new AsyncDisposableStack();
  const connect = () => surface.open(clients);
  const client = await connect();
  await client.flushall();
  await body(client, {
    protocol: surface.protocol,
    connect,
    subscribe: async (command, ...channels) => {
      const target = surface.name === "cluster" ? cluster! : server;
      clients.use(await subscribe(target, command, channels));
    },
  });
}
