/**
 * What holds for every input: each property is checked on one random case, and throws if it does not hold.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  type Argument,
  CommandEncoder,
  encodeCommand,
  Push,
  RespDecoder,
  type RespDecoderOptions,
} from "../../../lib/resp/mod.ts";
import { binary, concatenate, pieces, randomly } from "./_chunks.ts";
import { type Outcome, outcomeOf, showAttributes } from "./_decoding.ts";
import type { Random } from "./_random.ts";
import { decodedFrame, randomFrame } from "./_reply_tree.ts";
import { show } from "./_show.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A property of the codec. */
export type Property = (random: Random) => void;

/** Any replies, written down and cut anyhow, come out as they are, each in the mode that was asked for it. */
export function decodesEveryTree(random: Random): void {
  const frames = Array.from({ length: random.integer(1, 4) }, () => randomFrame(random));
  const wire = concatenate(frames.map(({ tree }) => tree.wire));

  // Attributes in front of a reply come before anybody is asked for a mode, unless there is but one.
  const constant = random.chance(0.5) ? random.chance(0.5) : undefined;
  const modes = frames.map(({ kind }) => constant ?? (kind !== "attribute" && random.chance(0.5)));
  const asked: boolean[] = [];
  const askable = frames.flatMap(({ kind }, i) =>
    kind === "attribute" ? [] : [{ push: kind === "push", bytes: modes[i] }]
  );
  const ask = (push: boolean) => {
    asked.push(push);
    return askable[asked.length - 1].bytes;
  };

  const expected: Outcome = {
    events: frames.flatMap((frame, i) => [
      ...frame.tree.attributes(modes[i]).map(showAttributes),
      ...(frame.kind === "attribute" ? [] : [show(decodedFrame(frame, modes[i]))]),
    ]),
    error: undefined,
    unfinished: false,
  };
  assertEquals(
    outcomeOf(randomly(wire, random), { bytes: constant ?? ask }, random.chance(0.5)),
    expected,
  );
  if (constant === undefined) assertEquals(asked, askable.map(({ push }) => push));
}

/** Long lists of short strings, cut anyhow, come out as the platform decodes each; damaged, the same way however cut. */
export function decodesEveryList(random: Random): void {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const rarely = random.pick([0, 0.002, 0.05, 0.5]);
  const items = Array.from({ length: random.integer(1, 200) }, () => {
    const bytes = binary("abc $*\r\n0123456789%~xyz".repeat(2).slice(0, random.integer(0, 44)));
    if (random.chance(rarely)) bytes.set(random.bytes(random.integer(0, bytes.length)));
    return random.chance(rarely) ? new TextEncoder().encode(random.pick(CHARACTERS)) : bytes;
  });
  const type = random.pick(["*", "%", ">"]);
  const count = type === "%" ? items.length - items.length % 2 : items.length;
  const wire = concatenate([
    binary(`${type}${type === "%" ? count / 2 : count}\r\n`),
    ...items.slice(0, count).flatMap((
      bytes,
    ) => [binary(`$${bytes.length}\r\n`), bytes, binary("\r\n")]),
    binary(":1\r\n"),
  ]);
  const { events } = outcomeOf(randomly(wire, random), {}, random.chance(0.5));
  const texts = items.slice(0, count).map((bytes) => decoder.decode(bytes));
  const expected = type === "*" ? texts : type === ">" ? new Push(texts) : mapOf(texts);
  assertEquals(events, [show(expected), show(1)]);

  const broken = damaged(wire, random);
  assertEquals(outcomeOf(randomly(broken, random)), outcomeOf([broken]));
}

function mapOf(texts: readonly string[]): Map<string, string> {
  const map = new Map<string, string>();
  for (let i = 0; i < texts.length; i += 2) map.set(texts[i], texts[i + 1]);
  return map;
}

/** Doubles of any number of digits come out as JavaScript reads them, however cut. */
export function decodesEveryDouble(random: Random): void {
  const digits = () =>
    Array.from({ length: random.integer(0, 9) }, () => random.integer(0, 9)).join("");
  const texts = random.list(20, () => {
    const whole = `${random.integer(0, 9)}${digits()}${digits()}`;
    const fraction = random.pick(["", ".", `.${digits()}`, `.${digits()}${digits()}`]);
    const exponent = random.chance(0.1) ? `e${random.pick(["", "-", "+"])}${digits()}1` : "";
    return random.pick(["", "", "-", "+"]) + whole + fraction + exponent;
  });
  const wire = binary(texts.map((text) => `,${text}\r\n`).join(""));
  const { events } = outcomeOf(randomly(wire, random));
  assertEquals(events, texts.map((text) => show(Number(text))));
}

const BEGINNINGS = binary("+-:$*%~>|=!;_#,(.");
const MEANINGFUL = binary("+-:$*%~>|=!;_#,(.?\r\n0123456789tfinae ");

/** Damaged input ends in a `ProtocolError` or not at all, and the same way however it is cut. */
export function survivesDamage(random: Random): void {
  const wire = random.chance(0.2)
    ? gibberish(random)
    : damaged(concatenate(random.list(3, () => randomFrame(random).tree.wire)), random);
  const options: RespDecoderOptions = { bytes: random.chance(0.5) };
  if (random.chance(0.5)) options.maxDepth = random.integer(0, 4);
  if (random.chance(0.5)) options.maxLineLength = random.integer(32, 60);
  if (random.chance(0.5)) options.maxBulkLength = random.integer(0, 60);
  if (random.chance(0.5)) options.maxElements = random.integer(0, 5);

  const outcome = outcomeOf([wire], options);
  assertEquals(outcomeOf(randomly(wire, random), options, random.chance(0.5)), outcome);
  if (wire.length < 2000) assertEquals(outcomeOf(pieces(wire, 1), options), outcome);
}

function gibberish(random: Random): Bytes {
  const alphabet = random.pick([BEGINNINGS, MEANINGFUL]);
  const line = () => Array.from({ length: random.integer(0, 5) }, () => random.pick([...alphabet]));
  return random.chance(0.2)
    ? random.bytes(random.integer(0, 100))
    : Uint8Array.from(random.list(20, line).flatMap((bytes) => [...bytes, 13, 10]));
}

function damaged(wire: Bytes, random: Random): Bytes {
  let bytes = wire;
  for (let i = random.integer(1, 3); i > 0 && bytes.length > 0; i--) {
    const at = random.integer(0, bytes.length - 1);
    const [before, behind] = [bytes.subarray(0, at), bytes.subarray(at)];
    switch (random.integer(0, 4)) {
      case 0: // a flipped bit
        bytes = bytes.slice();
        bytes[at] ^= 1 << random.integer(0, 7);
        break;
      case 1: // another byte
        bytes = bytes.slice();
        bytes[at] = random.pick([...MEANINGFUL]);
        break;
      case 2: // a piece that is missing
        bytes = concatenate([before, behind.subarray(random.integer(1, 10))]);
        break;
      case 3: // a piece too many
        bytes = concatenate([before, gibberish(random), behind]);
        break;
      default: // an early end
        bytes = before.slice();
    }
  }
  return bytes;
}

/** Commands of any arguments come out of a decoder as the bytes that the arguments stand for. */
export function encodesEveryCommand(random: Random): void {
  const encoder = new CommandEncoder();
  const decoder = new RespDecoder({ bytes: true });
  for (let write = random.integer(1, 3); write > 0; write--) {
    const commands = random.list(
      5,
      () => Array.from({ length: random.integer(1, 6) }, () => argument(random)),
    );
    const expected = commands.map((command) => command.map(([, bytes]) => bytes));
    let separate = 0;
    for (const command of commands) {
      const args = command.map(([arg]) => arg);
      encoder.encode(args);
      separate += encodeCommand(args).length;
    }
    const wire = concatenate(encoder.chunks());
    assertEquals(encoder.byteLength, wire.length);
    assertEquals(separate, wire.length);
    encoder.reset();
    const decoded = randomly(wire, random).flatMap((chunk) => decoder.push(chunk));
    assertEquals(decoded.map(show), expected.map(show));
    assertEquals(decoder.idle, true);
  }
}

/** Lengths at which the encoder changes its way, and what is around them. */
const LENGTHS = [0, 1, 9, 10, 39, 40, 41, 99, 100, 5461, 16_383, 16_384, 16_385, 65_536, 200_000];
const CHARACTERS = ["a", "~", "\0", "\x7f", "\x80", "é", "\u07ff", "\u0800", "€", "\uffff", "😀"];

/** An argument, and its bytes. */
function argument(random: Random): [Argument, Bytes] {
  const length = random.chance(0.95) ? random.integer(0, 110) : random.pick(LENGTHS);
  switch (random.integer(0, 4)) {
    case 0: {
      const bytes = random.bytes(Math.min(length, 70_000));
      // A view into the middle of something larger, as often as not.
      if (random.chance(0.5)) return [bytes, bytes];
      const larger = new Uint8Array(bytes.length + 20);
      larger.set(bytes, 7);
      return [larger.subarray(7, 7 + bytes.length), bytes];
    }
    case 1: {
      const number = random.pick([0, -0, 1, -1, 2 ** 53, 1e21, 1e-7, 0.1, Infinity, -Infinity]);
      return [number, binary(String(number).replace("Infinity", "inf"))];
    }
    case 2: {
      const bigint = BigInt(random.integer(-1000, 1000)) << BigInt(random.integer(0, 200));
      return [bigint, binary(String(bigint))];
    }
    case 3: {
      const ascii = "x".repeat(length);
      return [ascii, binary(ascii)];
    }
    default: {
      const most = random.pick(CHARACTERS);
      const text = most.repeat(Math.ceil(length / most.length)) + random.pick(CHARACTERS);
      return [text, utf8(text)];
    }
  }
}

/** `encode()` of Bun 1.3 loses bytes of long texts that were put together of others. */
function utf8(text: string): Bytes {
  const buffer = new Uint8Array(text.length * 3);
  return buffer.slice(0, new TextEncoder().encodeInto(text, buffer).written);
}

/** All properties, by name. */
export const PROPERTIES: Readonly<Record<string, Property>> = {
  decodesEveryTree,
  decodesEveryList,
  decodesEveryDouble,
  survivesDamage,
  encodesEveryCommand,
};
