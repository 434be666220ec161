import { assertEquals } from "@std/assert";
import { startServer } from "../../lib/testing/mod.ts";
import { Program } from "./_program.ts";

Deno.test("the web server answers, shares what it keeps, and closes its client in the end", async () => {
  await using server = await startServer();
  await using program = new Program("web_server.ts", [server.url, "0"], ["--allow-net"]);
  const base = await program.printed(/Listening on (\S+)/);
  const text = async (path: string) => await (await fetch(base + path)).text();
  assertEquals([await text("/page/7"), await text("/page/7")], ["Page 7\n", "Page 7\n"]);
  assertEquals(await server.command(["GET", "page:7"]), "Page 7\n");
  assertEquals([await text("/views"), await text("/views")], ["1\n", "2\n"]);
  assertEquals(await text("/health"), '{"ok":true,"inFlight":0}');
  assertEquals((await text("/nothing")).trim(), "Not found");
  server.pause();
  const late = await fetch(`${base}/views`);
  assertEquals([late.status, await late.text()], [503, "Unavailable\n"]);
  server.resume();
  await program.interrupt();
});
