/**
 * The report that INFO answers, and others in its notation.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { toText } from "./_decode.ts";

/** Values of a section of the report by their names, as the server writes them. */
export type InfoSection = Record<string, string>;

/** What {@linkcode ServerCommands.info} answers. */
export interface ServerInfo {
  /** The report as the server wrote it. */
  text: string;
  /** Sections by name in lower case (`"memory"`), with the values of each: `sections.memory.used_memory`. */
  sections: Record<string, InfoSection>;
  /**
   * Those values that are lists of names and values themselves, taken apart, by name: `details.db0.keys`,
   * `details.cmdstat_get.calls`, `details.slave0.ip`.
   */
  details: Record<string, InfoSection>;
}

/** `name=value,name=value`; no value of another kind looks like that. */
const LIST = /^[\w.-]+=[^,]*(,[\w.-]+=[^,]*)*$/;

/** What INFO answers. */
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
