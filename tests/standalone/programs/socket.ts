/** Connects to a Unix socket. */
import { RedisClient } from "../../../mod.ts";

try {
  await using client = await RedisClient.create({ addresses: [{ path: Deno.args[0] }] });
  console.log(await client.ping());
} catch (error) {
  console.log((error as Error).message);
}
