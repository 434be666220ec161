/**
 * Who is compared.
 *
 * @module
 */

/** What a client runs on. */
export type Runtime = "deno" | "node" | "bun" | "native";

/** One client on one runtime, set up in one way. */
export interface Contestant {
  /** Name on the command line, such as `"ioredis-auto-deno"`. */
  readonly id: string;
  /** The client. */
  readonly client: string;
  /** How it is set up; "" = as shipped. */
  readonly mode: string;
  /** What it runs on. */
  readonly runtime: Runtime;
  /** The file that is run, in `clients/`, without its ending. */
  readonly adapter: string;
  /** The package that has to be installed for it. */
  readonly package?: string;
  /** Whether it is no client, but a limit to what clients can reach. */
  readonly limit: boolean;
}

/** The pinned packages that are compared with. */
export const PACKAGES: Readonly<Record<string, string>> = {
  "ioredis": "6.0.0",
  "redis": "6.3.1",
  "@valkey/valkey-glide": "2.5.2",
  "bun": "1.4.5",
};

/** The Node that is installed where there is none that our client runs on, and the oldest one that it does. */
export const NODE = { version: "24.21.0", oldest: 22 };

/** The id of our own client on Deno: every ratio is its figure divided by another's. */
export const OURS = "ours";

/** Everybody, in the order of the table. */
export const CONTESTANTS: readonly Contestant[] = [
  {
    id: OURS,
    client: "@babushka/redis",
    mode: "",
    runtime: "deno",
    adapter: "babushka",
    limit: false,
  },
  {
    id: `${OURS}-node`,
    client: "@babushka/redis",
    mode: "",
    runtime: "node",
    adapter: "babushka",
    limit: false,
  },
  {
    id: `${OURS}-bun`,
    client: "@babushka/redis",
    mode: "",
    runtime: "bun",
    adapter: "babushka",
    package: "bun",
    limit: false,
  },
  ...onBoth({ id: "ioredis", client: "ioredis", mode: "", adapter: "ioredis", package: "ioredis" }),
  ...onBoth({
    id: "ioredis-auto",
    client: "ioredis",
    mode: "auto-pipelining",
    adapter: "ioredis",
    package: "ioredis",
  }),
  ...onBoth({
    id: "node-redis",
    client: "node-redis",
    mode: "",
    adapter: "node_redis",
    package: "redis",
  }),
  ...onBoth({
    id: "node-redis-no-timeout",
    client: "node-redis",
    mode: "no-timeout",
    adapter: "node_redis",
    package: "redis",
  }),
  ...onBoth({
    id: "glide",
    client: "GLIDE",
    mode: "",
    adapter: "glide",
    package: "@valkey/valkey-glide",
  }),
  {
    id: "bun",
    client: "Bun",
    mode: "",
    runtime: "bun",
    adapter: "bun",
    package: "bun",
    limit: false,
  },
  { id: "raw", client: "raw", mode: "", runtime: "deno", adapter: "raw", limit: true },
  {
    id: "redis-benchmark",
    client: "redis-benchmark",
    mode: "",
    runtime: "native",
    adapter: "redis_benchmark",
    limit: true,
  },
];

/** How a contestant is called in tables: "node-redis no-timeout, Deno". */
export function labelOf({ client, mode, runtime, limit }: Contestant): string {
  const name = mode === "" ? client : `${client} ${mode}`;
  if (limit) return `limit: ${name}`;
  return client === RUNTIMES[runtime] ? client : `${name}, ${RUNTIMES[runtime]}`;
}

const RUNTIMES: Readonly<Record<Runtime, string>> = {
  deno: "Deno",
  node: "Node",
  bun: "Bun",
  native: "native",
};

function onBoth(rest: Omit<Contestant, "runtime" | "limit">): Contestant[] {
  return (["deno", "node"] as const).map((runtime) => ({
    ...rest,
    id: `${rest.id}-${runtime}`,
    runtime,
    limit: false,
  }));
}
