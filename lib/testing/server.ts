/**
 * Real servers for tests: started on a free port, driven by the test, gone afterwards.
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
 * A real server process, as {@linkcode startServer} starts it.
 *
 * It listens on loopback only, works in a temporary folder and does not outlive this process, even if that one is
 * killed. Dispose of it with `await using`.
 */
export class TestServer implements AsyncDisposable {
  /** Address that the server listens on. */
  readonly host: string;
  /** Password of the default user, if it needs one. */
  readonly password: string | undefined;
  /** Replicas that were started along with the server. */
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
   * Prepares a server; {@linkcode startServer} does this and starts it.
   *
   * @param options What kind of server. `replicas` is not looked at here.
   * @param watched For a sentinel, or a node that sentinels watch: its configuration file then belongs to the server
   * program, as soon as that has started once.
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

  /** Port that the server listens on. It stays the same over restarts. */
  get port(): number {
    return this.#port;
  }

  /** URL of the server (`redis://` or `rediss://`), the password of the default user included. */
  get url(): string {
    const user = this.password === undefined ? "" : `:${encodeURIComponent(this.password)}@`;
    const host = this.host.includes(":") ? `[${this.host}]` : this.host;
    return `${this.#options.tls ? "rediss" : "redis"}://${user}${host}:${this.port}`;
  }

  /** Process id of the running server. */
  get pid(): number {
    return this.#running("tell the process id").pid;
  }

  /** Whether the server process lives; a paused one does. */
  get running(): boolean {
    return this.#process?.running ?? false;
  }

  /** Whether the server is paused. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Key material, for a TLS server that has been started. */
  get tls(): ServerTls | undefined {
    return this.#tls;
  }

  /**
   * Starts the server, for the first time or after it was stopped or killed.
   *
   * @returns When the server answers; and, if it is a replica of a server that runs, when it is in sync.
   * @throws {Error} If the server does not start; the message ends with the tail of its log.
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
   * Ends the server in the graceful way (SIGTERM), as an operator would.
   *
   * A paused server is resumed first. One that does not end within 12 s is killed.
   */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** Kills the server (SIGKILL): it closes nothing and saves nothing. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /**
   * Stops the server if it runs, and starts it again on the same port with the same data folder.
   *
   * What was not saved is lost, and the kit's servers save nothing unless their `config` says so. A sentinel keeps what
   * it has learnt, and a node that sentinels watch the role that they gave it.
   *
   * @param options `clean` removes all that in between. @default {{ clean: false }}
   */
  async restart(options: { clean?: boolean } = {}): Promise<void> {
    await this.stop();
    if (options.clean && this.#folder !== undefined) {
      await Deno.remove(`${this.#folder}/data`, { recursive: true });
      this.#configured = false;
    }
    await this.start();
  }

  /** Stops the process in its tracks (SIGSTOP): connections stay open, and nothing is answered. */
  pause(): void {
    this.#running("pause it").signal("SIGSTOP");
    this.#paused = true;
  }

  /** Lets a paused process go on (SIGCONT). */
  resume(): void {
    this.#running("resume it").signal("SIGCONT");
    this.#paused = false;
  }

  /**
   * Lets this process end while the server runs, for servers that are shared by all tests of a file. The server ends
   * then.
   */
  unref(): void {
    this.#unref = true;
    this.#process?.unref();
    for (const replica of this.replicas) replica.unref();
  }

  /**
   * Reads what the server has logged since it was first started.
   *
   * @returns The log, also after the server was disposed of.
   */
  async logs(): Promise<string> {
    if (this.#folder !== undefined) this.#lastLogs = await this.#readLog(this.#folder);
    return this.#lastLogs;
  }

  /**
   * Sends a command on a connection of the kit's own.
   *
   * The connection does not use the server's TCP or TLS port, is a user of its own where a password or ACL users were
   * asked for (so that tests may change those), and is closed afterwards. Replies are those of RESP2.
   *
   * @example Seeing what a client has written
   * ```ts
   * import { startServer } from "@babushka/redis/testing";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = await startServer();
   * await server.command(["SET", "k", "v"]);
   * assertEquals(await server.command(["GET", "k"]), "v");
   * ```
   *
   * @param args The command's name and arguments.
   * @param options How long to wait, and whether to answer text or bytes.
   * @returns The reply.
   * @throws {ServerError} If the server answers with an error.
   * @throws {Error} If the server does not run or does not answer.
   */
  async command(args: Argument[], options: CommandOptions = {}): Promise<Reply> {
    using control = await this.#openControl();
    return await control.command(args, options);
  }

  /**
   * Sends commands one after the other on one connection of the kit's own, like {@linkcode command}.
   *
   * @param commands The commands.
   * @param options How long to wait for each reply, and whether to answer text or bytes.
   * @returns Their replies, in the same order.
   * @throws {ServerError} If the server answers a command with an error; those behind it are not sent.
   */
  async commands(commands: Argument[][], options: CommandOptions = {}): Promise<Reply[]> {
    using control = await this.#openControl();
    const replies: Reply[] = [];
    for (const args of commands) replies.push(await control.command(args, options));
    return replies;
  }

  /**
   * Reads the fields of an `INFO` section.
   *
   * @param section Name of the section, such as `"replication"`. By default the server's default set.
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

  /** Makes a replica a primary (`REPLICAOF NO ONE`). It stays one over restarts. */
  async promote(): Promise<void> {
    await this.command(["REPLICAOF", "NO", "ONE"]);
    this.#primary = undefined;
    await until("the server is a primary", async () => {
      const [role] = await this.command(["ROLE"]) as Reply[];
      return role === "master";
    });
  }

  /**
   * Makes the server a replica of another one (`REPLICAOF`), and waits until it is in sync. It stays one over
   * restarts.
   *
   * @param primary The other server, or where it is: the address of a proxy in front of it, say.
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
 * It listens on loopback, on a free port, in a temporary folder; saves nothing unless told to; and does not outlive
 * this process. Needs the permissions to run programs, to read and write files, to read the environment, and for the
 * network.
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
 * @example TLS with client certificates, a password, and a user who may only read
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
 * @param options What kind of server.
 * @returns The server once it answers, and its replicas are in sync.
 * @throws {Error} If no server program is found, or it does not start; the message ends with the tail of its log.
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
