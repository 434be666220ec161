/**
 * Random replies, written down in RESP the plain way: independent of the decoder, and of its limits and short cuts.
 *
 * @module
 */

import { type Decoded, Push, type Reply, ServerError } from "../../../lib/resp/mod.ts";
import { binary, concatenate } from "./_chunks.ts";
import type { Random } from "./_random.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A reply in one of its spellings: bytes of the wire, and what is to come out. */
export interface Tree {
  /** How it goes over the wire. */
  readonly wire: Bytes;
  /** What it means where bulk strings are text, or bytes. */
  value(bytes: boolean): Reply;
  /** The attributes in it, in the order in which they end. */
  attributes(bytes: boolean): Map<Reply, Reply>[];
}

/** What may stand at the top level. */
export type Frame =
  | { readonly kind: "reply" | "push"; readonly tree: Tree }
  | { readonly kind: "attribute"; readonly tree: Tree };

/** A frame that {@linkcode randomFrame} made, as the decoder should give it out. */
export function decodedFrame({ kind, tree }: Frame, bytes: boolean): Decoded {
  const value = tree.value(bytes);
  return kind === "push" ? new Push(value as Reply[]) : value;
}

/** A reply, a push message, or an attribute in front of one of them. */
export function randomFrame(random: Random): Frame {
  const depth = random.integer(0, 4);
  if (random.chance(0.1)) return { kind: "push", tree: push(random, depth) };
  if (random.chance(0.1)) return { kind: "attribute", tree: attribute(random, depth) };
  return { kind: "reply", tree: randomTree(random, depth) };
}

/** A reply of at most `depth` levels. */
function randomTree(random: Random, depth: number): Tree {
  if (depth > 0 && random.chance(0.5)) return aggregate(random, depth - 1);
  return random.pick(SCALARS)(random);
}

const SCALARS: readonly ((random: Random) => Tree)[] = [
  bulk,
  bulk,
  verbatim,
  streamedString,
  line,
  error,
  integer,
  bigNumber,
  double,
  (random) => scalar(random.chance(0.5) ? "#t\r\n" : "#f\r\n", (wire) => wire === "#t\r\n"),
  (random) => scalar(random.pick(["$-1\r\n", "*-1\r\n", "_\r\n"]), () => null),
];

const SPECIAL = ["\r\n", "\r", "\n", "\0", "é", "€", "😀", "\ufeff", "$5\r\n", ":", "-", "OK", "."];

function scalar(wire: string, value: (wire: string) => Reply): Tree {
  return leaf(binary(wire), () => value(wire));
}

function leaf(wire: Bytes, value: (bytes: boolean) => Reply): Tree {
  return { wire, value, attributes: () => [] };
}

/** Bytes that are text, or not, and often with something in them that also means something on the wire. */
function content(random: Random): Bytes {
  if (random.chance(0.002)) return random.bytes(random.pick([16_383, 16_384, 40_000]));
  if (random.chance(0.2)) return random.bytes(random.integer(0, 70));
  const pieces = random.list(
    8,
    () =>
      random.chance(0.3) ? random.pick(SPECIAL) : "abcdefghijkl".slice(0, random.integer(0, 12)),
  );
  return new TextEncoder().encode(pieces.join(""));
}

function text(bytes: Bytes): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function bulk(random: Random): Tree {
  const bytes = content(random);
  return leaf(counted("$", bytes), (asBytes) => asBytes ? bytes : text(bytes));
}

function verbatim(random: Random): Tree {
  const bytes = content(random);
  const format = random.pick(["txt:", "mkd:"]);
  return leaf(
    counted("=", concatenate([binary(format), bytes])),
    (asBytes) => asBytes ? bytes : text(bytes),
  );
}

function streamedString(random: Random): Tree {
  const parts = random.list(4, () => content(random)).filter((part) => part.length > 0);
  const whole = concatenate(parts);
  return leaf(
    concatenate([binary("$?\r\n"), ...parts.map((part) => counted(";", part)), binary(";0\r\n")]),
    (asBytes) => asBytes ? whole : text(whole),
  );
}

function counted(type: string, bytes: Bytes): Bytes {
  return concatenate([binary(`${type}${bytes.length}\r\n`), bytes, binary("\r\n")]);
}

/** Text as a line can hold it. */
function lineContent(random: Random): Bytes {
  return content(random).filter((byte) => byte !== 13 && byte !== 10).subarray(0, 1000);
}

function line(random: Random): Tree {
  const bytes = random.chance(0.3) ? binary("OK") : lineContent(random);
  return leaf(concatenate([binary("+"), bytes, binary("\r\n")]), () => text(bytes));
}

function error(random: Random): Tree {
  if (random.chance(0.5)) {
    const bytes = content(random);
    return leaf(counted("!", bytes), () => new ServerError(text(bytes)));
  }
  const bytes = lineContent(random);
  return leaf(
    concatenate([binary("-"), bytes, binary("\r\n")]),
    () => new ServerError(text(bytes)),
  );
}

function digits(random: Random, most: number): string {
  return random.integer(1, 9) +
    Array.from({ length: random.integer(0, most - 1) }, () => random.integer(0, 9)).join("");
}

function integer(random: Random): Tree {
  const spelled = random.pick(["", "-", "+"]) +
    random.pick([
      digits(random, 3),
      digits(random, 18),
      "0",
      "9007199254740991",
      "9007199254740992",
    ]);
  return scalar(`:${spelled}\r\n`, () => {
    const value = bigint(spelled);
    const safe = -(2n ** 53n) < value && value < 2n ** 53n;
    return safe ? Number(value) : value;
  });
}

function bigNumber(random: Random): Tree {
  const spelled = random.pick(["", "-", "+"]) + digits(random, 60);
  return scalar(`(${spelled}\r\n`, () => bigint(spelled));
}

function bigint(spelled: string): bigint {
  return spelled.startsWith("-") ? -BigInt(spelled.slice(1)) : BigInt(spelled.replace("+", ""));
}

function double(random: Random): Tree {
  const value = random.pick([
    Infinity,
    -Infinity,
    NaN,
    0,
    -0,
    random.next(),
    -random.next() * 1e300,
    random.next() * 1e-300,
    random.integer(-1000, 1000),
  ]);
  const spelled = Object.is(value, -0)
    ? "-0"
    : String(value).replace("Infinity", "inf").replace("NaN", "nan");
  return scalar(`,${spelled}\r\n`, () => value);
}

function aggregate(random: Random, depth: number): Tree {
  const children = (count: number) => Array.from({ length: count }, () => element(random, depth));
  const type = random.pick(["*", "*", "~", "%"]);
  const count = random.integer(0, 5);
  const items = children(type === "%" ? 2 * count : count);
  const wires = items.map(({ wire }) => wire);
  return {
    wire: random.chance(0.2)
      ? concatenate([binary(`${type}?\r\n`), ...wires, binary(".\r\n")])
      : concatenate([binary(`${type}${count}\r\n`), ...wires]),
    value(bytes) {
      const values = items.map((item) => item.value(bytes));
      if (type === "%") return mapOf(values);
      return type === "~" ? new Set(values) : values;
    },
    attributes: (bytes) => items.flatMap((item) => item.attributes(bytes)),
  };
}

/** A reply inside another, sometimes with an attribute in front. */
function element(random: Random, depth: number): Tree {
  const tree = randomTree(random, depth);
  if (!random.chance(0.03)) return tree;
  const before = attribute(random, depth);
  return {
    wire: concatenate([before.wire, tree.wire]),
    value: tree.value,
    attributes: (bytes) => [...before.attributes(bytes), ...tree.attributes(bytes)],
  };
}

function attribute(random: Random, depth: number): Tree {
  const count = random.integer(0, 2);
  const items = Array.from({ length: 2 * count }, () => element(random, Math.max(0, depth - 1)));
  return {
    wire: concatenate([binary(`|${count}\r\n`), ...items.map(({ wire }) => wire)]),
    value: () => null,
    attributes: (bytes) => [
      ...items.flatMap((item) => item.attributes(bytes)),
      mapOf(items.map((item) => item.value(bytes))),
    ],
  };
}

function push(random: Random, depth: number): Tree {
  const kind = random.chance(0.5) ? bulk(random) : line(random);
  const items = [kind, ...random.list(4, () => element(random, depth))];
  return {
    wire: concatenate([binary(`>${items.length}\r\n`), ...items.map(({ wire }) => wire)]),
    value: (bytes) => items.map((item) => item.value(bytes)),
    attributes: (bytes) => items.flatMap((item) => item.attributes(bytes)),
  };
}

function mapOf(values: readonly Reply[]): Map<Reply, Reply> {
  const map = new Map<Reply, Reply>();
  for (let i = 0; i < values.length; i += 2) map.set(values[i], values[i + 1]);
  return map;
}
