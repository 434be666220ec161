/**
 * What the examples in the docs take for granted: a connected `client`, an empty database, and a server
 * on localhost:6379. `deno task test` loads it before each example; `deno task check` takes its types.
 *
 * @module
 */
import { RedisClient } from "../../mod.ts";

declare global {
  /** The client of the examples that do not create their own. */
  var client: RedisClient;
}

/** Where examples expect the server. */
const PORT = 6379;

/** Where it really is: on a free port, as nobody knows what listens on the usual one. */
const port = Number(Deno.env.get("EXAMPLES_PORT"));

const connect = Deno.connect as (options: Deno.ConnectOptions) => Promise<Deno.TcpConn>;
Deno.connect =
  ((options: Deno.ConnectOptions) =>
    connect(options.port === PORT ? { ...options, port } : options)) as typeof Deno.connect;

globalThis.client = await RedisClient.create({ addresses: [{ host: "localhost" }] });
await client.customCommand(["FLUSHALL"]);
globalThis.addEventListener("unload", () => client.destroy());
