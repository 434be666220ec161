/**
 * Writes the index of commands into the files of the clients: `deno task index`.
 *
 * `deno doc` and package pages show of a class only what is declared in its file. So each client has an interface that
 * names all commands, with a sentence and a link for each. It adds nothing at run time.
 *
 * @module
 */

import { readGroupDocs } from "../lib/commands/_group_docs.ts";

/** A client, its file, and how its groups are parametrised. */
interface IndexedClient {
  readonly file: string;
  readonly name: string;
  readonly parameters: string;
  /** The second parameter of groups that have one. */
  readonly reach: string;
  /** Methods that the client declares itself. */
  readonly own: readonly string[];
}

/** The clients that have an index. */
export const INDEXED_CLIENTS: readonly IndexedClient[] = [
  {
    file: "standalone/client.ts",
    name: "RedisClient",
    parameters: "<T extends string | Uint8Array = string>",
    reach: '"one"',
    own: [],
  },
  {
    file: "cluster/client.ts",
    name: "RedisClusterClient",
    parameters: '<T extends string | Uint8Array = string, N extends Reach = "policy">',
    reach: "N",
    own: ["scanIterator"],
  },
];

const ROOT = new URL("../../", import.meta.url);
const BEGIN = "/** All commands by name, each with its group. Written by `deno task index`. */\n";

/**
 * Makes the text of a client's file with its index.
 *
 * @param client The client.
 * @param text The text of its file, with or without an index at its end.
 * @returns The new text, formatted.
 */
export async function withIndex(client: IndexedClient, text: string): Promise<string> {
  const { methods } = await readGroupDocs();
  const module = await Deno.readTextFile(new URL("lib/commands/mod.ts", ROOT));
  const lines = methods.filter(({ name }) => !client.own.includes(name)).map(
    ({ name, group, doc }) => {
      const sentence = doc.split("\n\n")[0].replaceAll("\n", " ");
      const parameters = module.includes(`${group}<T, N>`) ? `<T, ${client.reach}>` : "<T>";
      // The pages find a method of a class by this name only.
      const link = `{@linkcode ${group}.prototype.${name} | ${group}.${name}}`;
      return `  /** ${sentence} See ${link}. */\n` +
        `  ${name}: ${group}${parameters}["${name}"];\n`;
    },
  );
  const begin = text.indexOf(BEGIN);
  const before = begin === -1 ? `${text.trimEnd()}\n\n` : text.slice(0, begin);
  return await formatted(
    `${before}${BEGIN}export interface ${client.name}${client.parameters} {\n${lines.join("")}}\n`,
  );
}

async function formatted(text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "--ext=ts", "--config", new URL("deno.json", ROOT).pathname, "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}

if (import.meta.main) {
  for (const client of INDEXED_CLIENTS) {
    const file = new URL(client.file, ROOT);
    await Deno.writeTextFile(file, await withIndex(client, await Deno.readTextFile(file)));
    console.log(`Wrote the index of ${client.name}`);
  }
}
