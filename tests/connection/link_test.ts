import { assertEquals, assertInstanceOf } from "@std/assert";
import { delay } from "@std/async/delay";
import { ConnectionError } from "../../standalone/mod.ts";
import { startProxy, startServer } from "../../lib/testing/mod.ts";
import { connect } from "../standalone/_connect.ts";
import { measure } from "../standalone/_elapsed.ts";

const server = await startServer();
server.unref();

for (const protocol of [2, 3] as const) {
  Deno.test(`a session's EXEC behind a write that is stuck is never executed elsewhere [RESP${protocol}]`, async () => {
    await using proxy = await startProxy(server);
    await using client = await connect(proxy, { protocol });
    await using other = await connect(server);
    await client.set("k", "old");
    let transaction: Promise<unknown> | undefined;
    const watching = measure(() =>
      client.watch("k", async (session) => {
        await session.get("k");
        proxy.setFaults({ stall: true });
        // More than the sockets take in: EXEC waits behind it.
        session.set("large", "x".repeat(30_000_000)).catch(() => {});
        await delay(20);
        transaction = session.transaction((t) => [t.set("k", "from the session")]);
        transaction.catch(() => {});
        await delay(5);
        await other.set("k", "from elsewhere");
        proxy.setFaults({});
        proxy.cut();
        return await transaction;
      })
    );
    const { error } = await watching;
    assertInstanceOf(error, ConnectionError);
    assertEquals(error.maybeExecuted, false);
    assertEquals(await client.get("k"), "from elsewhere");
  });
}

Deno.test("thousands of requests under way on one signal are aborted in the order of the calls", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy);
  proxy.setFaults({ stall: "toClient" });
  const abort = new AbortController();
  const view = client.with({ signal: abort.signal });
  const order: number[] = [];
  const requests = Array.from(
    { length: 10_000 },
    (_, i) =>
      view.get("k").catch((error) => {
        assertEquals(error, abort.signal.reason);
        order.push(i);
      }),
  );
  await delay(5);
  abort.abort();
  await Promise.all(requests);
  assertEquals(order, Array.from({ length: 10_000 }, (_, i) => i));
  proxy.setFaults({});
  assertEquals(await client.set("k", "v"), "OK");
});
