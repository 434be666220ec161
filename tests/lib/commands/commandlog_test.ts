import { assert, assertEquals } from "@std/assert";
import { commandTest } from "../../_kit/command_tests.ts";
import { serverTest } from "../../_kit/server_tests.ts";

commandTest(
  "commandlogGet(), commandlogLen() and commandlogReset() know the logs",
  { needs: "COMMANDLOG GET" },
  async (client) => {
    for (const type of ["slow", "large-request", "large-reply"] as const) {
      assertEquals(await client.commandlogReset(type), "OK");
      assertEquals(await client.commandlogGet(-1, type), []);
      assertEquals(await client.commandlogLen(type), 0);
    }
  },
);

serverTest(
  "commandlogGet() describes large commands",
  {
    needs: "COMMANDLOG GET",
    config: { "commandlog-request-larger-than": "1000", "commandlog-reply-larger-than": "1000" },
  },
  async (client) => {
    await client.set("k", "v".repeat(2000));
    await client.get("k");
    const [request] = await client.commandlogGet(10, "large-request");
    assertEquals(request.args.slice(0, 2), ["SET", "k"]);
    assert(request.value > 2000 && request.value < 3000);
    const [reply] = await client.commandlogGet(-1, "large-reply");
    assertEquals(reply.args, ["GET", "k"]);
    assert(reply.value > 2000 && reply.value < 3000);
    assertEquals(await client.commandlogLen("large-reply"), 1);
    assertEquals(await client.commandlogReset("large-reply"), "OK");
    assertEquals(await client.commandlogLen("large-reply"), 0);
    assertEquals(await client.commandlogLen("large-request"), 1);
  },
);
