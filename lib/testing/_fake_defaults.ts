import { ServerError } from "../resp/mod.ts";
import type { FakeCommand, FakeConnection } from "./fake_connection.ts";
import { type FakeReply, NO_REPLY, simple } from "./fake_reply.ts";

const OK = simple("OK");

/** What an empty primary without a password would answer, as far as clients ask for it unbidden. */
export function defaultAnswer(
  { name, args, connection }: FakeCommand,
): FakeReply | typeof NO_REPLY {
  switch (name) {
    case "HELLO":
      if (args[1] === "2" || args[1] === "3") connection.protocol = args[1] === "2" ? 2 : 3;
      else if (args.length > 1) return new ServerError("NOPROTO unsupported protocol version");
      return new Map<FakeReply, FakeReply>([
        ["server", "fake"],
        ["version", "7.0.0"],
        ["proto", connection.protocol],
        ["id", connection.id],
        ["mode", "standalone"],
        ["role", "master"],
        ["modules", []],
      ]);
    case "CLIENT":
      switch (args[1]?.toUpperCase()) {
        case "ID":
          return connection.id;
        case "INFO":
          return infoOf(connection);
      }
      return OK;
    case "PING":
      return args[1] ?? simple("PONG");
    case "ECHO":
      return args[1] ?? "";
    case "ROLE":
      return ["master", 0, []];
    case "INFO":
      return "# Replication\r\nrole:master\r\nconnected_slaves:0\r\n";
    case "COMMAND":
      return [];
    case "QUIT":
      connection.send(OK).then(() => connection.cut());
      return NO_REPLY;
    case "ASKING":
    case "AUTH":
    case "READONLY":
    case "READWRITE":
    case "SELECT":
      return OK;
    case "RESET":
      connection.protocol = 2;
      connection.subscriptions.clear();
      return simple("RESET");
    default:
      return new ServerError(`ERR unknown command '${args[0]}'`);
  }
}

/** The fields of CLIENT INFO that concern subscriptions. */
function infoOf({ id, protocol, subscriptions }: FakeConnection): string {
  const { channels, patterns, shardChannels } = subscriptions;
  return `id=${id} db=0 sub=${channels.length} psub=${patterns.length} ` +
    `ssub=${shardChannels.length} resp=${protocol}\n`;
}
