/**
 * Reply of INFO, and other replies in its format.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { toText } from "./_decode.ts";

/** Values of a section by name, as text. */
export type InfoSection = Record<string, string>;

/** Information about the server, as returned by {@linkcode ServerCommands.prototype.info | ServerCommands.info}. */
export interface ServerInfo {
  /** The reply as text. */
  text: string;
  /** Values by section and name, in lower case: `sections.memory.used_memory`. */
  sections: Record<string, InfoSection>;
  /**
   * Values that consist of several named values, parsed: `details.db0.keys`, `details.cmdstat_get.calls`,
   * `details.slave0.ip`.
   */
  details: Record<string, InfoSection>;
}

/** `name=value,name=value`; no value of another kind looks like that. */
const LIST = /^[\w.-]+=[^,]*(,[\w.-]+=[^,]*)*$/;

/** Reads the reply of INFO. */
export function toServerInfo(reply: Reply): ServerInfo {
  const text = toText(reply);
  const info: ServerInfo = { text, sections: record(), details: record() };
  let section: InfoSection = record();
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("# ")) {
      section = info.sections[line.slice(2).trim().toLowerCase()] ??= record();
      continue;
    }
    const colon = line.indexOf(":");
    if (colon === -1) continue;
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1);
    section[name] = value;
    if (LIST.test(value)) info.details[name] = takeApart(value);
  }
  return info;
}

function takeApart(list: string): InfoSection {
  const values: InfoSection = record();
  for (const item of list.split(",")) {
    const equals = item.indexOf("=");
    values[item.slice(0, equals)] = item.slice(equals + 1);
  }
  return values;
}

function record<V>(): Record<string, V> {
  return Object.create(null);
}
