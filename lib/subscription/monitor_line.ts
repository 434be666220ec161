/**
 * Reads the lines that a server writes to a connection on which MONITOR was sent.
 *
 * @module
 */

import { UnexpectedReplyError } from "../errors.ts";

/**
 * Command that a server has executed.
 *
 * @typeParam T Type of the words: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface MonitoredCommand<T extends string | Uint8Array = string> {
  /** Time of execution by the server's clock: milliseconds since 1970, with microseconds as the fraction. */
  time: number;
  /** Number of the logical database. */
  database: number;
  /** Address of the client: `"127.0.0.1:50712"`, `"[::1]:50712"`, `"unix:/run/redis.sock"`, or `"lua"` for a script. */
  address: string;
  /** Name and arguments of the command. Servers replace secrets with `(redacted)`. */
  words: T[];
}

/** Time in seconds and microseconds, database, and address. */
const HEAD = /^(\d+)\.(\d{6}) \[(\d+) (.+?)\] (?=")/;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What a letter behind a backslash stands for. */
const ESCAPES: ReadonlyMap<number, string> = new Map(
  [["n", "\n"], ["r", "\r"], ["t", "\t"], ["a", "\x07"], ["b", "\b"]].map((
    [letter, byte],
  ) => [letter.charCodeAt(0), byte]),
);

const utf8 = new TextDecoder();

/**
 * Tells whether a reply is a line of MONITOR, rather than the reply to a command.
 *
 * @param reply What came on the connection.
 */
export function isMonitorLine(reply: unknown): reply is string {
  return typeof reply === "string" && HEAD.test(reply);
}

/**
 * Reads a line.
 *
 * @param line The line, without `+` and line break.
 * @param form What the words become.
 * @returns The command.
 * @throws {UnexpectedReplyError} If the line is malformed.
 */
export function readMonitorLine(line: string, form: "text"): MonitoredCommand<string>;
/** Reads a line with its words as bytes. */
export function readMonitorLine(line: string, form: "bytes"): MonitoredCommand<Uint8Array>;
/** Reads a line. */
export function readMonitorLine(
  line: string,
  form: "text" | "bytes",
): MonitoredCommand<string | Uint8Array> {
  const head = HEAD.exec(line);
  if (head === null) return malformed();
  const [{ length }, seconds, micros, database, address] = head;
  const words: (string | Uint8Array)[] = [];
  for (let at = length; at < line.length;) {
    if (line.charCodeAt(at) !== QUOTE) return malformed();
    const end = endOfWord(line, at + 1);
    const raw = unescape(line.slice(at + 1, end));
    words.push(form === "bytes" ? bytesOf(raw) : textOf(raw));
    at = end + 1;
    if (at < line.length && line[at++] !== " ") return malformed();
  }
  return {
    time: (Number(seconds) * 1_000_000 + Number(micros)) / 1000,
    database: Number(database),
    address,
    words,
  };
}

/** The position of the quote that ends a word. */
function endOfWord(line: string, start: number): number {
  let end = start;
  while (true) {
    end = line.indexOf('"', end);
    if (end === -1) return malformed();
    let backslashes = 0;
    while (line.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
    end++;
  }
}

/** Replaces escapes. Each character of the result is a byte. */
function unescape(word: string): string {
  let escape = word.indexOf("\\");
  if (escape === -1) return word;
  let raw = "";
  let from = 0;
  while (escape !== -1) {
    raw += word.slice(from, escape);
    const code = word.charCodeAt(escape + 1);
    const hex = /^x[0-9a-f]{2}/i.exec(word.slice(escape + 1, escape + 4));
    if (hex !== null) {
      raw += String.fromCharCode(Number.parseInt(hex[0].slice(1), 16));
      from = escape + 4;
    } else {
      raw += ESCAPES.get(code) ?? word[escape + 1];
      from = escape + 2;
    }
    escape = word.indexOf("\\", from);
  }
  return raw + word.slice(from);
}

function bytesOf(raw: string): Uint8Array {
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

function textOf(raw: string): string {
  for (let i = 0; i < raw.length; i++) {
    if (raw.charCodeAt(i) > 0x7f) return utf8.decode(bytesOf(raw));
  }
  return raw;
}

function malformed(): never {
  throw new UnexpectedReplyError("Cannot read a line of MONITOR: it is malformed");
}
