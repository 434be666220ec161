import { assertEquals, assertMatch } from "@std/assert";
import { INDEXED_CLIENTS, withIndex } from "./write_command_index.ts";

const ROOT = new URL("../../", import.meta.url);

for (const client of INDEXED_CLIENTS) {
  Deno.test(`the index of ${client.name} names all commands (deno task index)`, async () => {
    const text = await Deno.readTextFile(new URL(client.file, ROOT));
    assertEquals(await withIndex(client, text), text);
  });

  Deno.test(`deno doc finds the commands of ${client.name}`, async () => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["doc", "--filter", `${client.name}.zadd`, new URL("mod.ts", ROOT).href],
      env: { NO_COLOR: "1" },
    }).output();
    assertMatch(new TextDecoder().decode(stdout), /\bzadd\b.*SortedSetCommands<T>\["zadd"\]/);
  });
}
