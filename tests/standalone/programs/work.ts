/** Uses a client as a small program would; run with `--allow-net` and nothing else. */
import { RedisClient } from "../../../mod.ts";
import { address } from "./_arguments.ts";

await using client = await RedisClient.create({ addresses: [address] });
await client.set("program", "ran");
const pop = client.customCommand(["BLPOP", "list", 5]);
await client.customCommand(["RPUSH", "list", "x"]);
console.log(await client.get("program"), JSON.stringify(await pop));
