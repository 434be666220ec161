/** Starts a server, tells where it is, and then ends in the way that the first argument names. */
import { startServer } from "../../../lib/testing/mod.ts";

const server = await startServer({ replicas: 1 });
const folders: string[] = [];
for (const each of [server, ...server.replicas]) {
  const [, dir] = await each.command(["CONFIG", "GET", "dir"]) as string[];
  folders.push(dir);
}
console.log(JSON.stringify({ ports: [server.port, server.replicas[0].port], folders }));

switch (Deno.args[0]) {
  case "exit":
    Deno.exit(3);
    break;
  case "throw":
    throw new Error("Nobody catches this");
  case "unref":
    server.unref();
    break;
  case "paused":
    server.pause();
    await new Promise(() => setInterval(() => {}, 1000));
    break;
  default:
    await new Promise(() => setInterval(() => {}, 1000));
}
