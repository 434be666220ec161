/**
 * What a server says about its commands, as far as the command table leaves it out.
 *
 * @module
 */

import type { Reply, TestServer } from "../../lib/testing/mod.ts";

/** A command, or a subcommand. */
export interface ServerCommand {
  /** Name in upper case, with the container's name before that of a subcommand. */
  readonly name: string;
  /** Its flags. */
  readonly flags: readonly string[];
  /** Its tips. */
  readonly tips: readonly string[];
}

/** Asks a server for all of its commands and their subcommands. */
export async function readServerCommands(server: TestServer): Promise<ServerCommand[]> {
  const commands: ServerCommand[] = [];
  const add = (reply: Reply): void => {
    const [name, , flags, , , , , tips, , subcommands] = listOf(reply);
    commands.push({
      name: String(name).toUpperCase().replace("|", " "),
      flags: listOf(flags).map(String),
      tips: listOf(tips).map(String),
    });
    for (const subcommand of listOf(subcommands)) add(subcommand);
  };
  for (const command of listOf(await server.command(["COMMAND"]))) add(command);
  return commands;
}

function listOf(reply: Reply | undefined): Reply[] {
  if (Array.isArray(reply)) return reply;
  return reply instanceof Set ? [...reply] : [];
}
