/**
 * Tests of commands: each body runs on every surface that has the commands.
 *
 * A surface is a kind of client with a protocol. Each test gets a client of its own and an empty server.
 *
 * @module
 */

import { RedisClient } from "../../standalone/mod.ts";
import type { Commands } from "../../lib/commands/mod.ts";
import type { Reply } from "../../lib/resp/mod.ts";
import { startServer } from "../../lib/testing/mod.ts";

/** What every surface has: all commands, as text and as bytes. */
export type CommandClient = Commands & { readonly bytes: Commands<Uint8Array> };

/** What a body can use besides the client under test. */
export interface CommandTestContext {
  /** Protocol of the surface. */
  protocol: 2 | 3;
  /** Makes another client for the same server, which ends with the test. */
  connect(): Promise<RedisClient>;
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

/** Kinds of clients. */
export type SurfaceName = "standalone";

interface Surface {
  name: SurfaceName;
  protocol: 2 | 3;
  /** Makes a client for the surface; `connection` is a plain client whose end is the test's business. */
  open(connection: RedisClient): CommandClient;
}

const surfaces: Surface[] = ([2, 3] as const).flatMap((protocol) => [
  { name: "standalone", protocol, open: (connection) => connection },
]);

/** Milliseconds: generous, since a busy machine is no reason to fail here. */
const TIMEOUT = 10_000;

const server = new URL(Deno.env.get("REDIS_URL") ?? await startSharedServer());

async function startSharedServer(): Promise<string> {
  const server = await startServer();
  server.unref();
  return server.url;
}

/**
 * Makes a client for the server of the tests.
 *
 * @param protocol The protocol to speak.
 * @returns The client, to be closed by the caller.
 */
export function connectToServer(protocol: 2 | 3 = 3): Promise<RedisClient> {
  const { hostname, port, username, password } = server;
  return RedisClient.create({
    addresses: [{ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 6379) }],
    ...(password === "" ? {} : {
      credentials: {
        ...(username === "" ? {} : { username: decodeURIComponent(username) }),
        password: decodeURIComponent(password),
      },
    }),
    protocol,
    requestTimeout: TIMEOUT,
    clientCreationTimeout: TIMEOUT,
  });
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
  return options.except?.[surface.name];
}

async function runOn(surface: Surface, body: CommandTestBody): Promise<void> {
  await using clients = new AsyncDisposableStack();
  const connect = async () => clients.use(await connectToServer(surface.protocol));
  const connection = await connect();
  await connection.customCommand(["FLUSHALL"]);
  await body(surface.open(connection), { protocol: surface.protocol, connect });
}
