import { assertEquals } from "@std/assert";
import { startServer } from "../../lib/testing/mod.ts";
import { Program } from "./_program.ts";

Deno.test("the Hono app has sessions and a rate limit, and closes its client in the end", async () => {
  await using server = await startServer();
  // The packages of npm ask for environment variables; they go without them.
  await using program = new Program("hono_app.ts", [server.url, "0"], ["--allow-net"]);
  const base = await program.printed(/Listening on (\S+)/);
  let cookie = "";
  const get = async (path: string) => {
    const response = await fetch(base + path, { headers: { cookie } });
    cookie = response.headers.get("set-cookie")?.split(";")[0] ?? cookie;
    return [response.status, await response.text()];
  };
  assertEquals(await get("/"), [200, "Hello stranger"]);
  assertEquals(await get("/login/ada"), [200, "Welcome"]);
  assertEquals(await get("/"), [200, "Hello ada"]);
  const keys = await server.command(["KEYS", "session:*"]) as string[];
  assertEquals(keys.length > 0, true);
  assertEquals(await get("/logout"), [200, "Bye"]);
  assertEquals((await get("/"))[0], 200);
  assertEquals((await get("/"))[0], 429);
  await program.interrupt();
});
