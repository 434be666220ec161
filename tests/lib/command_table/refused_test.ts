import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { lookUp } from "../../../lib/command_table/mod.ts";
import { refusal, refuse } from "../../../lib/command_table/refused.ts";

const REFUSED: Readonly<Record<string, string>> = {
  "ASKING": "redirections",
  "AUTH": '"credentials"',
  "CLIENT CACHING": "a connection of its own",
  "CLIENT CAPA": "redirections",
  "CLIENT REPLY": "batch()",
  "CLIENT TRACKING": "a connection of its own",
  "DISCARD": "transaction()",
  "EXEC": "transaction()",
  "HELLO": '"protocol"',
  "MONITOR": "monitor()",
  "MULTI": "transaction()",
  "PSUBSCRIBE": "psubscribe()",
  "PSYNC": "a connection of its own",
  "PUNSUBSCRIBE": "unsubscribe()",
  "QUIT": "close()",
  "READONLY": '"readFrom"',
  "READWRITE": '"readFrom"',
  "REPLCONF": "a connection of its own",
  "RESET": "close()",
  "SCRIPT DEBUG": "a connection of its own",
  "SELECT": '"databaseId"',
  "SSUBSCRIBE": "ssubscribe()",
  "SUBSCRIBE": "subscribe()",
  "SUNSUBSCRIBE": "unsubscribe()",
  "SYNC": "a connection of its own",
  "UNSUBSCRIBE": "unsubscribe()",
  "UNWATCH": "watch()",
  "WATCH": "watch()",
};

for (const [name, instead] of Object.entries(REFUSED)) {
  Deno.test(`refusal() of ${name} says what to do instead`, () => {
    const row = lookUp(name.toLowerCase().split(" "));
    assertEquals(row?.name, name);
    const message = refusal(name);
    assert(message !== undefined);
    assertStringIncludes(message, `Cannot send ${name} on a connection that is shared: `);
    assertStringIncludes(message, instead);
  });
}

Deno.test("refusal() lets everything else pass", () => {
  for (
    const name of ["GET", "CLIENT", "CLIENT SETNAME", "CLIENT TRACKINGINFO", "PUBLISH", "WAIT"]
  ) {
    assertEquals(refusal(name), undefined, name);
  }
});

Deno.test("refuse() knows a command in any case, and as bytes", () => {
  const message = "Cannot send CLIENT CAPA on a connection that is shared: " +
    "redirections are followed without it";
  assertEquals(refuse(["client", "capa", "redirect"])?.message, message);
  assertEquals(refuse(["Client", new TextEncoder().encode("cApA")])?.message, message);
  assertEquals(refuse(["CLIENT", "ID"]), undefined);
});
