/**
 * Calls of command methods with arguments that are made up by the names and types of their parameters, to see which words
 * a method sends.
 *
 * @module
 */

import type { Argument } from "../../../lib/resp/mod.ts";
import { Recorder } from "../../_kit/recorder.ts";
import type { MethodDocs, ParameterDocs } from "./_group_docs.ts";

/** What all keys begin with that are made up. */
export const KEY = "key:";

/** Parameters that are keys. */
const KEYS = ["key", "keys", "key1", "key2", "source", "destination", "newkey"];

const POSITION = { longitude: 0, latitude: 0 };

/** What to pass for parameters of these types. */
const BY_TYPE: Record<string, unknown> = {
  ArrayEntries: { 0: "value" },
  ArrayOperation: "sum",
  ClientFilter: { id: 1 },
  ClientSetinfoOptions: { libName: "name" },
  ClusterSlotState: { node: "id" },
  ClusterSlotStatsOptions: { slotsrange: [0, 1] },
  CommandlogType: "slow",
  Cursor: 1,
  GeoArea: { fromlonlat: POSITION, byradius: { radius: 1, unit: "m" } },
  GeoMembers: { member: POSITION },
  GeoPosition: POSITION,
  HotkeysOptions: { cpu: true },
  ListSide: "left",
  MigrationImport: { import: [[0, 1]] },
  ScoredMembers: { member: 1 },
  ScriptCall: { keys: [`${KEY}1`, `${KEY}2`], args: ["argument"] },
  StreamPositions: { [`${KEY}entry`]: "0" },
  Uint8Array: new Uint8Array(1),
  Vector: [1],
  VectorAttributes: "{}",
  VectorQuery: { ele: "element" },
  XcfgsetOptions: { idmpDuration: 1 },
  XtrimOptions: { maxlen: 1 },
  number: 1,
};

/** What to pass for parameters of these names, whatever their types. */
const BY_NAME: Record<string, unknown> = {
  args: ["argument"],
  command: ["GET", "k"],
  moves: [{ slotsrange: [[0, 1]], node: "id" }],
  operations: { get: "u8", offset: 0 },
  predicates: { exact: "value" },
  ranges: [[0, 1]],
  what: { import: [[0, 1]] },
};

/** Types of options without which a call would not show where its keys are. */
const NOT_LEFT_OUT = ["ScriptCall"];

/**
 * Calls a method with what it requires.
 *
 * @param method The method.
 * @returns The words that it sends.
 */
export function wordsOf({ name, group, parameters }: MethodDocs): Argument[] {
  const recorder = new Recorder();
  const method = Reflect.get(recorder, name) as (...values: unknown[]) => unknown;
  const passed = parameters.filter(({ optional, type }) =>
    !optional || NOT_LEFT_OUT.includes(type)
  );
  const result = method.apply(recorder, passed.map((parameter) => makeUp(parameter, group)));
  if (result !== null && typeof result === "object" && "next" in result) {
    (result as AsyncGenerator).next();
  }
  for (const word of recorder.words) if (word instanceof Error) throw word;
  return recorder.words as Argument[];
}

/**
 * Makes up an argument that a method takes.
 *
 * @param parameter What it is for.
 * @param group Group of the method.
 * @returns The argument.
 */
export function makeUp({ name, type }: ParameterDocs, group: string): unknown {
  // CLUSTER KEYSLOT does nothing to the key: for the server it is none.
  if (KEYS.includes(name) && group !== "ClusterCommands") return `${KEY}${name}`;
  if (Object.hasOwn(BY_NAME, name)) return BY_NAME[name];
  if (type === "Entries") {
    return { [group === "StringCommands" ? `${KEY}entry` : "field"]: "value" };
  }
  return Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : name;
}
