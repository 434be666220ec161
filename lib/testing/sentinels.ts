/**
 * Real sentinels for tests: a primary, its replicas and the sentinels that monitor them.
 *
 * @module
 */

import { until } from "./_poll.ts";
import { progressOf, type SentinelView, viewOf, whyNotAgreed } from "./_sentinel_view.ts";
import { type ProxyOptions, startProxy, type TestProxy } from "./proxy.ts";
import { TestServer } from "./server.ts";
import type { AclUser, ServerAddress, ServerOptions, TlsOptions } from "./server_options.ts";

/** Access options of the sentinels. The nodes have separate options. */
export interface SentinelAccess {
  /** Password of the default user. By default there is none. */
  password?: string;
  /** Additional ACL users. */
  users?: AclUser[];
  /**
   * Listen with TLS instead of plain TCP; `true` uses the defaults. Sentinels with TLS also use TLS to the nodes, so
   * the nodes require `tls` as well.
   *
   * @default {false}
   */
  tls?: boolean | TlsOptions;
  /** Directives of the configuration file. */
  config?: Record<string, string>;
}

/** Options for {@linkcode startSentinels}, for the nodes and the sentinels. */
export interface SentinelsOptions extends Omit<ServerOptions, "port"> {
  /**
   * Name of the primary in the configuration of the sentinels.
   *
   * @default {"main"}
   */
  name?: string;
  /**
   * Number of replicas.
   *
   * @default {2}
   */
  replicas?: number;
  /**
   * Number of sentinels.
   *
   * @default {3}
   */
  sentinels?: number;
  /** Number of sentinels that must consider the primary down before a failover. By default a majority. */
  quorum?: number;
  /**
   * Milliseconds without a valid reply after which the first sentinel considers a node down. Each further sentinel
   * waits 100 ms longer than the previous one.
   *
   * @default {1000}
   */
  downAfter?: number;
  /**
   * Milliseconds after which a failover counts as failed. The next one may start after twice that time.
   *
   * @default {2000}
   */
  failoverTimeout?: number;
  /** Passwords, users and TLS of the sentinels. By default none. */
  sentinel?: SentinelAccess;
  /**
   * Announce the host name `localhost` instead of IP addresses.
   *
   * @default {false}
   */
  announceHostnames?: boolean;
  /**
   * Put a proxy in front of each node and each sentinel, as behind NAT. Only clients use the proxies: nodes and
   * sentinels connect directly and announce their own addresses.
   * {@linkcode TestSentinels.prototype.addressMap | TestSentinels.addressMap} translates them.
   *
   * @default {false}
   */
  proxies?: boolean | ProxyOptions;
}

/** How long agreement may take. */
const PATIENCE = 20_000;
/** By how many milliseconds each sentinel waits longer than the one before until it takes a node for down. */
const STAGGER = 100;
/** How many sentinels there can be in the life of a {@linkcode TestSentinels}. */
const MOST_SENTINELS = 16;
const SECRET = crypto.randomUUID();

/**
 * A primary, its replicas and their sentinels, as returned by {@linkcode startSentinels}. Hold it with `await using`.
 *
 * Each sentinel has its own ACL user on all nodes and all other sentinels.
 * {@linkcode TestSentinels.prototype.partition | TestSentinels.partition} disables these users to separate them.
 */
export class TestSentinels implements AsyncDisposable {
  /** Name of the primary in the configuration of the sentinels. */
  readonly name: string;
  readonly #options: SentinelsOptions;
  readonly #nodes: TestServer[] = [];
  readonly #sentinels: TestServer[] = [];
  readonly #proxies = new Map<TestServer, TestProxy>();
  /** Names of the ACL users of the sentinels. */
  readonly #users = new Map<TestServer, string>();
  #unref = false;

  /**
   * Prepares the servers without starting them. Use {@linkcode startSentinels} instead.
   *
   * @param options Options of the nodes and sentinels.
   */
  constructor(options: SentinelsOptions = {}) {
    this.#options = options;
    this.name = options.name ?? "main";
  }

  /** All nodes, running or not. The first one was the primary at the start. */
  get nodes(): readonly TestServer[] {
    return this.#nodes;
  }

  /** All sentinels, running or not. */
  get sentinels(): readonly TestServer[] {
    return this.#sentinels;
  }

  /** Addresses of the sentinels for a client. With the option `proxies` they are those of the proxies. */
  get addresses(): ServerAddress[] {
    return this.#sentinels.map((sentinel) => this.addressOf(sentinel));
  }

  /**
   * Translates an address that a node or sentinel announces into that of its proxy, for the option
   * `sentinel.addressMap` of a client. Without proxies, addresses are not changed.
   */
  readonly addressMap = (host: string, port: number): ServerAddress => {
    const server = [...this.#nodes, ...this.#sentinels].find((server) => server.port === port);
    const proxy = server && this.#proxies.get(server);
    return proxy === undefined ? { host, port } : { host: proxy.host, port: proxy.port };
  };

  /** Returns the address of a node or sentinel for clients. */
  addressOf(server: TestServer): ServerAddress {
    const { host, port } = this.#proxies.get(server) ?? server;
    return { host, port };
  }

  /**
   * Returns the proxy in front of a node or sentinel.
   *
   * @param server The node or sentinel.
   * @throws {Error} If the servers were started without the option `proxies`.
   */
  proxyOf(server: TestServer): TestProxy {
    const proxy = this.#proxies.get(server);
    if (proxy === undefined) {
      throw new Error("Cannot find the proxy: start with the option proxies");
    }
    return proxy;
  }

  /**
   * Starts all nodes and sentinels, and waits until the sentinels know all of them.
   *
   * @throws {Error} If one does not start, or they do not agree within 20 s.
   */
  async start(): Promise<void> {
    if (this.#nodes.length > 0) {
      throw new Error("Cannot start the sentinels: they were started before");
    }
    const { sentinels = 3, replicas = 2 } = this.#options;
    for (let i = 0; i <= replicas; i++) this.#nodes.push(new TestServer(this.#nodeOptions(), {}));
    const [primary, ...others] = this.#nodes;
    await Promise.all(this.#nodes.map((node) => node.start()));
    for (const replica of others) {
      await replica.commands([["REPLICAOF", this.#host, primary.port], ["CONFIG", "REWRITE"]]);
    }
    for (const node of this.#nodes) await this.#addProxy(node);
    await Promise.all(Array.from({ length: sentinels }, () => this.#startSentinel(primary)));
    await this.agreed();
    await Promise.all(this.#sentinels.map((sentinel) => this.#tune(sentinel, HURRY)));
  }

  /**
   * Waits until all running sentinels agree: they name the same primary, which is up and has this role; all other
   * running nodes are its replicas, in sync; and each sentinel knows all others. Call it after a change made by the
   * test, such as a killed primary.
   *
   * @param options `timeout`: time limit in milliseconds, by default 20 000.
   * @returns The primary.
   * @throws {Error} If they do not agree in time. The message names the difference.
   */
  async agreed(options: { timeout?: number } = {}): Promise<TestServer> {
    return await until("the sentinels agree", async () => {
      const sentinels = alive(this.#sentinels);
      const views = await Promise.all(sentinels.map((sentinel) => this.#view(sentinel)));
      const nodes = alive(this.#nodes);
      const why = whyNotAgreed(views, nodes.map(({ port }) => port));
      if (why !== undefined) throw new Error(why);
      const primary = this.#nodeAt(views[0].port);
      if (!nodes.includes(primary)) throw new Error("the primary does not run");
      const [role] = await primary.command(["ROLE"]) as [string];
      return role === "master" && primary;
    }, { timeout: options.timeout ?? PATIENCE });
  }

  /**
   * Returns the node that most running sentinels report as the primary.
   *
   * @returns The node.
   * @throws {Error} If no sentinel is running.
   */
  async primary(): Promise<TestServer> {
    const ports = await Promise.all(
      alive(this.#sentinels).map(async (sentinel) => {
        const address = await sentinel.command(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", this.name]);
        return Number((address as [string, string])[1]);
      }),
    );
    if (ports.length === 0) throw new Error("Cannot find the primary: no sentinel runs");
    const votes = (port: number) => ports.filter((other) => other === port).length;
    return this.#nodeAt(ports.sort((a, b) => votes(b) - votes(a))[0]);
  }

  /**
   * Returns the running replicas.
   *
   * @returns The nodes.
   */
  async replicas(): Promise<TestServer[]> {
    const primary = await this.primary();
    return alive(this.#nodes).filter((node) => node !== primary);
  }

  /**
   * Triggers a failover with `SENTINEL FAILOVER`, which needs no votes, and waits until all sentinels agree. A failover
   * that the sentinel aborts, because it has not heard of the replicas for a moment, is triggered again.
   *
   * @param options `wait: false` returns as soon as a replica has been chosen. By default the call waits until all agree.
   * @returns The new primary; with `wait: false` the old one.
   * @throws {Error} If no replica can take over, or the sentinels do not agree within 20 s.
   */
  async failover(options: { wait?: boolean } = {}): Promise<TestServer> {
    const old = await this.primary();
    const [sentinel] = alive(this.#sentinels);
    await until("a sentinel begins a failover", async () => {
      if (await sentinel.command(["SENTINEL", "FAILOVER", this.name]) !== "OK") return false;
      return await this.#hasChosen(sentinel, old);
    }, { timeout: PATIENCE });
    if (options.wait === false) return old;
    return await until("another node is the primary", async () => {
      const primary = await this.agreed();
      return primary !== old && primary;
    }, { timeout: PATIENCE });
  }

  /** Waits until the failover of a sentinel has chosen a replica. Returns false if it was aborted before. */
  async #hasChosen(sentinel: TestServer, old: TestServer): Promise<boolean> {
    const progress = await until("a replica is chosen", async () => {
      const progress = progressOf(await this.#view(sentinel), old.port);
      return progress !== "undecided" && progress;
    }, { interval: 5 });
    return progress === "chosen";
  }

  /**
   * Kills the primary (SIGKILL). Call {@linkcode TestSentinels.prototype.agreed | TestSentinels.agreed} to wait for the
   * failover.
   *
   * @returns The killed node. Its `restart()` starts it again.
   */
  async killPrimary(): Promise<TestServer> {
    const primary = await this.primary();
    await primary.kill();
    return primary;
  }

  /**
   * Starts another sentinel, and waits until all agree.
   *
   * @returns The sentinel.
   */
  async addSentinel(): Promise<TestServer> {
    const sentinel = await this.#startSentinel(await this.primary());
    await this.agreed();
    await this.#tune(sentinel, HURRY);
    return sentinel;
  }

  /**
   * Kills a sentinel and removes it from the others (`SENTINEL RESET`).
   *
   * @param sentinel The sentinel.
   */
  async removeSentinel(sentinel: TestServer): Promise<void> {
    this.#sentinels.splice(this.#sentinels.indexOf(sentinel), 1);
    await sentinel.kill();
    for (const other of alive(this.#sentinels)) {
      await other.command(["SENTINEL", "RESET", this.name]);
      await this.#tune(other, HURRY);
    }
    await this.#proxies.get(sentinel)?.[Symbol.asyncDispose]();
    this.#proxies.delete(sentinel);
    await sentinel[Symbol.asyncDispose]();
  }

  /**
   * Simulates a network partition: sentinels cannot reach the nodes and sentinels of the other side. Clients still
   * reach all servers, and replication continues.
   *
   * @param members The nodes and sentinels of one side.
   */
  async partition(members: readonly TestServer[]): Promise<void> {
    await this.#separate((a, b) => members.includes(a) !== members.includes(b));
  }

  /** Ends the partition. See {@linkcode TestSentinels.prototype.partition | TestSentinels.partition}. */
  async heal(): Promise<void> {
    await this.#separate(() => false);
  }

  /** Allows this process to exit while the servers are running. They are then stopped. */
  unref(): void {
    this.#unref = true;
    for (const server of [...this.#nodes, ...this.#sentinels]) server.unref();
  }

  /** Kills all sentinels and nodes and removes their folders. */
  async [Symbol.asyncDispose](): Promise<void> {
    const disposables = [...this.#proxies.values(), ...this.#sentinels, ...this.#nodes];
    await Promise.all(disposables.map((each) => each[Symbol.asyncDispose]()));
  }

  get #host(): string {
    return this.#options.announceHostnames ? "localhost" : this.#options.host ?? "127.0.0.1";
  }

  #nodeOptions(): ServerOptions {
    const {
      name: _,
      sentinels: __,
      quorum: ___,
      downAfter: ____,
      failoverTimeout: _____,
      sentinel: ______,
      announceHostnames,
      proxies: _______,
      ...options
    } = this.#options;
    return {
      ...options,
      users: [...options.users ?? [], ...SENTINEL_USERS],
      config: { ...announceHostnames && { "replica-announce-ip": "localhost" }, ...options.config },
    };
  }

  async #startSentinel(primary: TestServer): Promise<TestServer> {
    const {
      sentinel: access = {},
      sentinels = 3,
      quorum = Math.floor(sentinels / 2) + 1,
      downAfter = 1000,
      failoverTimeout = 2000,
      announceHostnames,
      host,
      binary,
      startTimeout,
    } = this.#options;
    const index = this.#users.size;
    const user = SENTINEL_USERS[index]?.name;
    if (user === undefined) throw new Error(`Cannot start more than ${MOST_SENTINELS} sentinels`);
    const sentinel = new TestServer({
      ...access,
      host,
      binary,
      startTimeout,
      users: [...access.users ?? [], ...SENTINEL_USERS],
    }, {
      sentinel: [
        ...announceHostnames
          ? [
            "sentinel resolve-hostnames yes",
            "sentinel announce-hostnames yes",
            "sentinel announce-ip localhost",
          ]
          : [],
        `sentinel monitor ${this.name} ${this.#host} ${primary.port} ${quorum}`,
        // Sentinels that all vote for themselves try again only after twice the failover timeout.
        `sentinel down-after-milliseconds ${this.name} ${
          downAfter + STAGGER * (index % sentinels)
        }`,
        `sentinel failover-timeout ${this.name} ${failoverTimeout}`,
        `sentinel auth-user ${this.name} ${user}`,
        `sentinel auth-pass ${this.name} ${SECRET}`,
        `sentinel sentinel-user ${user}`,
        `sentinel sentinel-pass ${SECRET}`,
      ],
    });
    if (this.#unref) sentinel.unref();
    this.#users.set(sentinel, user);
    this.#sentinels.push(sentinel);
    await sentinel.start();
    await this.#tune(sentinel, GREAT_HURRY);
    await this.#addProxy(sentinel);
    return sentinel;
  }

  /** Has a sentinel look at everything more often than usual, where it can be told to. */
  async #tune(sentinel: TestServer, periods: readonly (string | number)[]): Promise<void> {
    await sentinel.command(["SENTINEL", "DEBUG", ...periods]).catch(() => {});
  }

  async #addProxy(server: TestServer): Promise<void> {
    const { proxies } = this.#options;
    if (!proxies) return;
    this.#proxies.set(server, await startProxy(server, proxies === true ? {} : proxies));
  }

  async #view(sentinel: TestServer): Promise<SentinelView> {
    return viewOf(
      await sentinel.commands([
        ["SENTINEL", "MASTER", this.name],
        ["SENTINEL", "REPLICAS", this.name],
        ["SENTINEL", "SENTINELS", this.name],
      ]),
    );
  }

  #nodeAt(port: number): TestServer {
    const node = this.#nodes.find((node) => node.port === port);
    if (node === undefined) throw new Error(`Cannot find a node on port ${port}`);
    return node;
  }

  /** Lets sentinels reach only those from which they are not separated. */
  async #separate(separated: (a: TestServer, b: TestServer) => boolean): Promise<void> {
    await Promise.all(
      alive([...this.#nodes, ...this.#sentinels]).map(async (server) => {
        const others = this.#sentinels.filter((sentinel) => sentinel !== server);
        const changes = others.map((sentinel) => {
          const user = this.#users.get(sentinel)!;
          // Without any right, not even that to PING, it sees the server as down.
          return separated(server, sentinel)
            ? [["ACL", "SETUSER", user, "-@all"], ["CLIENT", "KILL", "USER", user]]
            : [["ACL", "SETUSER", user, "+@all"]];
        });
        // A node that is restarted must not have the rights of a time when its role was written down.
        const isNode = this.#nodes.includes(server);
        changes.push([isNode ? ["CONFIG", "REWRITE"] : ["SENTINEL", "FLUSHCONFIG"]]);
        // Sentinels close all connections to a node to which they give another role.
        await until("the rights are set", async () => {
          await server.commands(changes.flat());
          return true;
        });
      }),
    );
  }
}

/** What the sentinels are to the nodes and to each other. */
const SENTINEL_USERS: readonly AclUser[] = Array.from({ length: MOST_SENTINELS }, (_, i) => ({
  name: `test-sentinel-${i + 1}`,
  rules: `on >${SECRET} ~* &* +@all`,
}));

/**
 * Periods of a sentinel, in milliseconds.
 *
 * A sentinel makes a replica of a node that says that it is a primary four publish periods after it has noticed. In a
 * failover the leader takes up to a second to notice the promotion, so that time must be longer. While the primary is
 * down, INFO is asked for each second only, and a replica whose last one is older than five ping periods is not chosen.
 */
const HURRY = ["info-period", 100, "ping-period", 300, "ask-period", 100, "publish-period", 500];
/** Periods of a new sentinel, which finds the others by what they publish. */
const GREAT_HURRY = [...HURRY.slice(0, -1), 100];

/**
 * Starts a primary, replicas and real sentinels for tests, on loopback.
 *
 * @example A failover
 * ```ts no-eval
 * import { startSentinels } from "@babushka/redis/testing";
 *
 * await using sentinels = await startSentinels({ downAfter: 300 });
 * await sentinels.killPrimary();
 * const primary = await sentinels.agreed(); // a replica has taken over
 * console.log(sentinels.name, sentinels.addresses, primary.url);
 * ```
 *
 * @param options Options of the nodes and sentinels.
 * @returns The servers, when the sentinels know each other and all nodes.
 * @throws {Error} If one does not start, or they do not agree within 20 s.
 */
export async function startSentinels(options: SentinelsOptions = {}): Promise<TestSentinels> {
  const sentinels = new TestSentinels(options);
  try {
    await sentinels.start();
    return sentinels;
  } catch (error) {
    await sentinels[Symbol.asyncDispose]();
    throw error;
  }
}

function alive(servers: readonly TestServer[]): TestServer[] {
  return servers.filter((server) => server.running && !server.paused);
}
