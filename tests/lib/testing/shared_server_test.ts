import { assertEquals, assertNotEquals } from "@std/assert";
import { startServer } from "../../../lib/testing/mod.ts";

/** One server for all tests of the file; that no sanitizer complains about it is the point of these tests. */
const server = await startServer({ replicas: 1 });
server.unref();

Deno.test("a server that was started outside of tests serves them", async () => {
  assertEquals(await server.command(["SET", "k", "v"]), "OK");
});

Deno.test("a server that was started outside of tests keeps its data between them", async () => {
  assertEquals(await server.command(["GET", "k"]), "v");
});

Deno.test("a server that was started outside of tests may be restarted inside one", async () => {
  const { pid } = server;
  await server.restart();
  assertNotEquals(server.pid, pid);
  assertEquals(await server.command(["GET", "k"]), null);
});

Deno.test("a server that was restarted inside a test serves the next one", async () => {
  assertEquals(await server.command(["PING"]), "PONG");
});
