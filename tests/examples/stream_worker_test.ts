import { assertEquals, assertStringIncludes } from "@std/assert";
import { startServer } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { Program } from "./_program.ts";

Deno.test("the worker acknowledges what it does, takes over what another left, and ends at once", async () => {
  await using server = await startServer();
  await server.commands([
    ["XGROUP", "CREATE", "mail", "senders", "0", "MKSTREAM"],
    ["XADD", "mail", "*", "to", "grace@example.com"],
    // A worker that died with an entry.
    ["XREADGROUP", "GROUP", "senders", "dead", "STREAMS", "mail", ">"],
  ]);
  const address = `${server.host}:${server.port}`;
  await using program = new Program("stream_worker.ts", [address, "one", "0"], ["--allow-net"]);
  await program.printed(/(Ready)/);
  await server.command(["XADD", "mail", "*", "to", "ada@example.com"]);
  await until("both are sent", async () => await server.command(["GET", "mail:sent"]) === "2");
  await until("nothing is pending", async () => {
    const [pending] = await server.command(["XPENDING", "mail", "senders"]) as unknown[];
    return pending === 0;
  });
  assertStringIncludes(program.output, "mail to grace@example.com");
  assertStringIncludes(program.output, "mail to ada@example.com");
  await program.interrupt();
  assertEquals(await server.info("clients").then((clients) => clients.blocked_clients), "0");
});
