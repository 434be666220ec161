/**
 * Real servers for tests, each on a free port.
 *
 * @module
 */

import { StopAsking, until } from "./_poll.ts";
import { releasePort, reservePort } from "./_port.ts";
import { CONTROL_USER, ControlConnection, type ControlUser } from "./_control.ts";
import { learnRefusal, renderConfiguration } from "./_server_configuration.ts";
import { ServerProcess } from "./_process.ts";
import { tlsClients, writeTlsFiles } from "./_server_tls.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./_temporary_folder.ts";
import { findServerBinary } from "./binary.ts";
import type {
  CommandOptions,
  ServerAddress,
  ServerOptions,
  ServerTls,
  WatchedServer,
} from "./server_options.ts";
import type { Argument, Reply } from "../resp/mod.ts";

/** Attempts at a start whose port somebody else has taken meanwhile. */
const START_ATTEMPTS = 5;
/** How long a server may take over a graceful end. It waits up to 10 s for its replicas. */
const STOP_TIMEOUT = 12_000;
const LOG_LINES_IN_ERRORS = 20;

/**
 * A real server process, as returned by {@linkcode startServer}.
 *
 * It listens on loopback and works in a temporary folder. It is stopped at the end of the `await using` block, and also
 * if the test process is killed.
 */
export class TestServer implements AsyncDisposable {
  /** Address that the server listens on. */
  readonly host: string;
  /** Password of the default user; undefined if there is none. */
  readonly password: string | undefined;
  /** Replicas that were started with the server. */
  readonly replicas: TestServer[] = [];

  readonly #options: ServerOptions;
  readonly #watched: WatchedServer | undefined;
  readonly #control: ControlUser | undefined;
  #port: number;
  #folder: string | undefined;
  #binary = "";
  #tls: ServerTls | undefined;
  #process: ServerProcess | undefined;
  #primary: TestServer | ServerAddress | undefined;
  #paused = false;
  #unref = false;
  #disposed = false;
  #everStarted = false;
  /** Whether the configuration file belongs to the server program. */
  #configured = false;
  #lastLogs = "";

  /**
   * Prepares a server without starting it. Use {@linkcode startServer} instead.
   *
   * @param options Options of the server. `replicas` is ignored.
   * @param watched Set it for a sentinel, or for a server that sentinels monitor. The kit then writes the configuration
   * file only for the first start; later the server program maintains it.
   */
  constructor(options: ServerOptions = {}, watched?: WatchedServer) {
    this.#options = options;
    this.#watched = watched;
    this.host = options.host ?? "127.0.0.1";
    this.password = options.password;
    this.#port = options.port ?? this.#reservePort();
    // Tests may change every password and rule; the kit has its own way in.
    if (options.password !== undefined || options.users !== undefined) {
      this.#control = CONTROL_USER;
    }
  }

  /** Port that the server listens on. It does not change with restarts. */
  get port(): number {
    return this.#port;
  }

  /** Addresses of the server and of its replicas, for the option `addresses` of a client. */
  get addresses(): ServerAddress[] {
    return [this, ...this.replicas].map(({ host, port }) => ({ host, port }));
  }

  /** URL of the server (`redis://` or `rediss://`), including the password of the default user. */
  get url(): string {
    const user = this.password === undefined ? "" : `:${encodeURIComponent(this.password)}@`;
    const host = this.host.includes(":") ? `[${this.host}]` : this.host;
    return `${this.#options.tls ? "rediss" : "redis"}://${user}${host}:${this.port}`;
  }

  /** Process id of the running server. */
  get pid(): number {
    return this.#running("tell the process id").pid;
  }

  /** Whether the server process is running. True for a paused one. */
  get running(): boolean {
    return this.#process?.running ?? false;
  }

  /** Whether the server is paused. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Certificates and keys; undefined if the server has no TLS or was not started yet. */
  get tls(): ServerTls | undefined {
    return this.#tls;
  }

  /**
   * Starts the server, for the first time or after it was stopped or killed.
   *
   * @returns Resolves when the server answers PING. A replica of a running server is also in sync.
   * @throws {Error} If the server does not start. The message ends with the last lines of its log.
   */
  async start(): Promise<void> {
    if (this.#disposed) throw new Error("Cannot start the server: it has been disposed of");
    if (this.running) throw new Error("Cannot start the server: it is running");
    this.#binary = this.#options.binary ?? await findServerBinary();
    if (this.#folder === undefined) {
      this.#folder = await makeTemporaryFolder();
      const { tls } = this.#options;
      if (tls) this.#tls = await writeTlsFiles(this.#folder, tls);
    }
    await Deno.mkdir(`${this.#folder}/data`, { recursive: true });
    for (let attempt = 1;; attempt++) {
      const failure = await this.#launch(this.#folder);
      if (failure === undefined) break;
      if (learnRefusal(this.#binary, failure.log)) continue;
      if (attempt < START_ATTEMPTS && /Address already in use/i.test(failure.log)) {
        if (this.#options.port === undefined && !this.#everStarted) {
          releasePort(this.#port);
          this.#port = this.#reservePort();
        }
        continue;
      }
      throw new Error(`Cannot start ${this.#binary}: ${failure.reason}${tail(failure.log)}`);
    }
    this.#everStarted = true;
    this.#configured = this.#watched !== undefined;
    if (this.#primary instanceof TestServer) {
      if (this.#primary.running && !this.#primary.paused) await this.#inSync(this.#primary);
    }
  }

  /**
   * Stops the server gracefully (SIGTERM).
   *
   * A paused server is resumed first. A server that does not exit within 12 s is killed.
   */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** Kills the server (SIGKILL). It saves nothing. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /**
   * Stops the server if it is running, and starts it again on the same port with the same data folder.
   *
   * Data that was not saved is lost; test servers save nothing unless their `config` enables it. A sentinel keeps its
   * state, and a server that sentinels monitor keeps its role.
   *
   * @param options With `clean: true`, the data folder and that state are removed before the start. By default they are
   * kept.
   */
  async restart(options: { clean?: boolean } = {}): Promise<void> {
    await this.stop();
    if (options.clean && this.#folder !== undefined) {
      await Deno.remove(`${this.#folder}/data`, { recursive: true });
      this.#configured = false;
    }
    await this.start();
  }

  /** Pauses the process (SIGSTOP). Connections stay open, but nothing is answered. */
  pause(): void {
    this.#running("pause it").signal("SIGSTOP");
    this.#paused = true;
  }

  /** Resumes a paused process (SIGCONT). */
  resume(): void {
    this.#running("resume it").signal("SIGCONT");
    this.#paused = false;
  }

  /**
   * Allows this process to exit while the server is running; the server is then stopped. Use it for a server that all
   * tests of a file share.
   */
  unref(): void {
    this.#unref = true;
    this.#process?.unref();
    for (const replica of this.replicas) replica.unref();
  }

  /**
   * Reads the log of the server since its first start.
   *
   * @returns The log. It is still available after the server was disposed of.
   */
  async logs(): Promise<string> {
    if (this.#folder !== undefined) this.#lastLogs = await this.#readLog(this.#folder);
    return this.#lastLogs;
  }

  /**
   * Sends a command on a separate connection of the kit.
   *
   * The connection uses a Unix domain socket and RESP2, and is closed after the reply. If a password or ACL users are
   * configured, it uses its own ACL user, so tests may change the others.
   *
   * @example Check what a client has written
   * ```ts
   * import { startServer } from "@babushka/redis/testing";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = await startServer();
   * await server.command(["SET", "k", "v"]);
   * assertEquals(await server.command(["GET", "k"]), "v");
   * ```
   *
   * @param args Name and arguments of the command.
   * @param options Time limit, and text or bytes.
   * @returns The reply.
   * @throws {ServerError} If the server answers with an error.
   * @throws {Error} If the server is not running or does not answer in time.
   */
  async command(args: Argument[], options: CommandOptions = {}): Promise<Reply> {
    using control = await this.#openControl();
    return await control.command(args, options);
  }

  /**
   * Sends commands one after the other on the same connection; see
   * {@linkcode TestServer.prototype.command | TestServer.command}.
   *
   * @param commands The commands, each with its name and arguments.
   * @param options Time limit for each reply, and text or bytes.
   * @returns The replies, in the same order.
   * @throws {ServerError} If the server answers a command with an error. Later commands are not sent.
   */
  async commands(commands: Argument[][], options: CommandOptions = {}): Promise<Reply[]> {
    using control = await this.#openControl();
    const replies: Reply[] = [];
    for (const args of commands) replies.push(await control.command(args, options));
    return replies;
  }

  /**
   * Returns the fields of INFO.
   *
   * @param section Section, such as `"replication"`. By default the server's default sections.
   * @returns Field values by field name.
   */
  async info(section?: string): Promise<Record<string, string>> {
    const text = String(await this.command(section === undefined ? ["INFO"] : ["INFO", section]));
    const fields: Record<string, string> = {};
    for (const line of text.split("\r\n")) {
      const colon = line.indexOf(":");
      if (colon > 0 && !line.startsWith("#")) fields[line.slice(0, colon)] = line.slice(colon + 1);
    }
    return fields;
  }

  /** Promotes the server to a primary (`REPLICAOF NO ONE`). Restarts do not change that. */
  async promote(): Promise<void> {
    await this.command(["REPLICAOF", "NO", "ONE"]);
    this.#primary = undefined;
    await until("the server is a primary", async () => {
      const [role] = await this.command(["ROLE"]) as Reply[];
      return role === "master";
    });
  }

  /**
   * Makes the server a replica of another one (`REPLICAOF`), and waits until it is in sync. Restarts do not change
   * that.
   *
   * @param primary The other server, or an address of it, such as that of a proxy.
   */
  async replicaOf(primary: TestServer | ServerAddress): Promise<void> {
    await this.command(["REPLICAOF", primary.host, primary.port]);
    this.#primary = primary;
    await this.#inSync(primary);
  }

  /** Kills the server and its replicas, and removes their folders. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await Promise.all(this.replicas.map((replica) => replica[Symbol.asyncDispose]()));
    await this.kill();
    await this.logs();
    if (this.#folder !== undefined) await removeTemporaryFolder(this.#folder);
    this.#folder = undefined;
    if (this.#options.port === undefined) releasePort(this.#port);
  }

  #reservePort(): number {
    const cluster = this.#options.config?.["cluster-enabled"] === "yes";
    return reservePort(this.host, cluster);
  }

  /** Tries to start once. Returns why it failed, or `undefined`. */
  async #launch(folder: string): Promise<{ reason: string; log: string } | undefined> {
    const { password, users, config, tls, availabilityZone } = this.#options;
    const socket = `${folder}/control.sock`;
    const file = `${folder}/server.conf`;
    const text = renderConfiguration(this.#binary, {
      host: this.host,
      port: this.#port,
      folder,
      socket,
      password,
      users,
      config,
      availabilityZone,
      control: this.#control,
      primary: this.#primary,
      tlsClients: tls ? tlsClients(tls) : undefined,
      directives: this.#watched?.sentinel,
    });
    if (!this.#configured) await Deno.writeTextFile(file, text, { mode: 0o600 });
    const logStart = (await this.#readLog(folder)).length;
    const command = [this.#binary, file, ...this.#watched?.sentinel ? ["--sentinel"] : []];
    const process = new ServerProcess(command, folder, `${folder}/server.log`);
    if (this.#unref) process.unref();
    this.#process = process;
    this.#paused = false;
    const { startTimeout: timeout } = this.#options;
    try {
      await until("the server answers PING", async () => {
        if (!process.running) {
          const { code, signal } = await process.finished;
          throw new StopAsking(
            new Error(signal ? `it was ended by ${signal}` : `it ended with code ${code}`),
          );
        }
        return await this.command(["PING"]) === "PONG";
      }, { timeout, interval: 5 });
      return undefined;
    } catch (error) {
      await this.kill();
      const reason = error instanceof Error ? error.message : String(error);
      return { reason, log: (await this.#readLog(folder)).slice(logStart) };
    }
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const process = this.#process;
    if (process === undefined) return;
    process.signal(signal);
    // A stopped process gets to see SIGTERM only when it goes on.
    if (this.#paused) process.signal("SIGCONT");
    this.#paused = false;
    const impatience = setTimeout(() => process.signal("SIGKILL"), STOP_TIMEOUT);
    try {
      await process.finished;
    } finally {
      clearTimeout(impatience);
    }
  }

  /** Waits until this server has all data of its primary, and the primary counts it among its replicas. */
  async #inSync(primary: TestServer | ServerAddress): Promise<void> {
    await until(`the replica on port ${this.port} is in sync`, async () => {
      const { role, master_link_status: link } = await this.info("replication");
      if (role !== "slave" || link !== "up") return false;
      if (!(primary instanceof TestServer)) return true;
      const [, , replicas] = await primary.command(["ROLE"]) as [string, number, string[][]];
      return replicas.some(([, port]) => Number(port) === this.port);
    }).catch(async (error: Error) => {
      error.message += tail(await this.logs());
      throw error;
    });
  }

  #openControl(): Promise<ControlConnection> {
    this.#running("send it a command");
    return ControlConnection.open(`${this.#folder}/control.sock`, this.#control);
  }

  #running(action: string): ServerProcess {
    if (this.#process?.running) return this.#process;
    throw new Error(`Cannot ${action}: the server on port ${this.#port} does not run`);
  }

  async #readLog(folder: string): Promise<string> {
    try {
      return await Deno.readTextFile(`${folder}/server.log`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }
}

/**
 * Starts a real server (Redis or Valkey) for tests.
 *
 * It listens on loopback on a free port, works in a temporary folder, and saves nothing by default. It is stopped at
 * the end of the `await using` block, and also if the test process is killed.
 *
 * In Deno it needs the permissions `--allow-run`, `--allow-read`, `--allow-write`, `--allow-env` and `--allow-net`.
 *
 * @example A primary with two replicas
 * ```ts
 * import { startServer } from "@babushka/redis/testing";
 * import { assertEquals } from "@std/assert";
 *
 * await using primary = await startServer({ replicas: 2 });
 * const [first] = primary.replicas;
 * assertEquals((await first.info("replication")).master_port, String(primary.port));
 * await primary.kill();
 * await first.promote();
 * ```
 *
 * @example TLS with client certificates, a password, and a read-only user
 * ```ts
 * import { startServer } from "@babushka/redis/testing";
 *
 * await using server = await startServer({
 *   tls: { clientAuth: "required" },
 *   password: "secret",
 *   users: [{ name: "reader", rules: "on >other ~* +@read" }],
 * });
 * console.log(server.url, server.tls?.caCert);
 * ```
 *
 * @param options Replicas, TLS, users and configuration.
 * @returns The server, when it answers and its replicas are in sync.
 * @throws {Error} If no server program is found, or it does not start. The message ends with the last lines of its log.
 */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const { replicas: count = 0, port: _, ...shared } = options;
  const server = new TestServer(options);
  try {
    await server.start();
    for (let i = 0; i < count; i++) server.replicas.push(new TestServer(shared));
    await Promise.all(server.replicas.map(async (replica) => {
      await replica.start();
      await replica.replicaOf(server);
    }));
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

function tail(log: string): string {
  const lines = log.trimEnd().split("\n").slice(-LOG_LINES_IN_ERRORS);
  return lines.join("") === "" ? "" : `\nIts log ends with:\n${lines.join("\n")}`;
}
