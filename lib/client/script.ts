/**
 * Lua scripts that are sent to a server once and then called by their SHA-1 digest.
 *
 * @module
 */

import type { ScriptCall } from "../commands/mod.ts";
import { ServerError } from "../errors.ts";
import type { ObservedCall, Request } from "../connection/request.ts";
import type { Words } from "../executor.ts";
import { describe, faultOfOptions, type OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { sha1 } from "./sha1.ts";
import type { View } from "./view.ts";
import { listOf, taken } from "../words.ts";

/** Options for {@linkcode script}. */
export interface ScriptOptions {
  /**
   * Whether the script only reads. It is then called with EVALSHA_RO: replicas may run it, and it is sent again after a
   * lost connection.
   *
   * @default {false}
   */
  readOnly?: boolean;
}

const SCRIPT_OPTIONS: OptionShape<ScriptOptions> = { readOnly: "flag" };
const SCRIPT_CALL: OptionShape<ScriptCall> = { keys: "words", args: "words" };

/**
 * A Lua script. Create it once with {@linkcode script}, and run it with {@linkcode Client.prototype.run | Client.run}.
 */
export class Script {
  /** Source code of the script. */
  readonly source: string;
  /** Whether the script only reads. */
  readonly readOnly: boolean;
  #digest: string | undefined;

  /**
   * Creates a script.
   *
   * @param source Source code of the script, in Lua.
   * @param options Whether the script only reads.
   * @throws {TypeError} If the source is not a string, or an option is unknown.
   */
  constructor(source: string, options: ScriptOptions = {}) {
    if (typeof source !== "string") {
      throw new TypeError("Cannot create a script: expected its source as a string");
    }
    const fault = faultOfOptions(options, SCRIPT_OPTIONS);
    if (fault !== undefined) throw new TypeError(`Cannot create a script: ${fault}`);
    this.source = source;
    this.readOnly = options.readOnly ?? false;
  }

  /** SHA-1 digest of the source in hexadecimal, by which servers identify the script. */
  get sha1(): Promise<string> {
    return Promise.resolve(this.digest);
  }

  /**
   * The digest without a promise.
   *
   * @ignore
   */
  get digest(): string {
    return this.#digest ??= sha1(this.source);
  }
}

/**
 * Creates a script, to be run with {@linkcode Client.prototype.run | Client.run}.
 *
 * @example Take at most as much as a counter has
 * ```ts
 * import { script } from "@babushka/redis";
 *
 * const take = script(`
 *   local n = math.min(tonumber(redis.call("GET", KEYS[1]) or 0), tonumber(ARGV[1]))
 *   redis.call("DECRBY", KEYS[1], n)
 *   return n
 * `);
 * await client.set("stock", 3);
 * await client.run(take, { keys: ["stock"], args: [5] }); // 3
 * ```
 *
 * @param source Source code of the script, in Lua.
 * @param options Whether the script only reads.
 * @returns The script. It can be run by several clients.
 * @throws {TypeError} If the source is not a string, or an option is unknown.
 */
export function script(source: string, options?: ScriptOptions): Script {
  return new Script(source, options);
}

/**
 * Runs a script with EVALSHA, then with EVAL if the server does not know the digest.
 *
 * @param view What the requests are sent with.
 * @param script The script.
 * @param call What it is called with.
 * @param launch Sends a request; by default it goes where it belongs.
 * @returns What it returned.
 */
export async function runScript(
  view: View,
  script: Script,
  call?: ScriptCall,
  launch: (request: Request) => void = (request) => view.launch(request),
): Promise<Reply> {
  // The second try needs the arguments as they were at the call.
  const [evalsha, digest, ...rest] = scriptWords("EVALSHA", script, call).map(taken);
  const { dispatcher } = view;
  const { observer } = dispatcher;
  const byDigest = make(view, [evalsha, digest, ...rest]);
  const observed = observer === null ? null : observer.beginCommand(byDigest);
  byDigest.observed = observed;
  try {
    const reply = await send(byDigest, launch);
    observed?.end(undefined);
    return reply;
  } catch (error) {
    // A restarted server, a promoted replica or another node of a cluster may not know the script.
    if (!(error instanceof ServerError) || error.code !== "NOSCRIPT") {
      observed?.end(error);
      throw error;
    }
    dispatcher.noteReplacement(byDigest, error);
    const words = [...scriptWords("EVAL", script).slice(0, 2), ...rest];
    return await runText(view, words, observed, launch);
  }
}

/** Runs a script by its text, as the rest of a call. */
async function runText(
  view: View,
  words: Words,
  observed: ObservedCall | null,
  launch: (request: Request) => void,
): Promise<Reply> {
  try {
    const byText = make(view, words);
    byText.observed = observed;
    const reply = await send(byText, launch);
    observed?.end(undefined);
    return reply;
  } catch (error) {
    observed?.end(error);
    throw error;
  }
}

function make(view: View, words: Words): Request {
  return view.make(words, (reply) => reply);
}

function send(request: Request, launch: (request: Request) => void): Promise<Reply> {
  const promise = request.promise<Reply>();
  launch(request);
  return promise;
}

/**
 * The words that run a script.
 *
 * @param command EVALSHA names the script by its digest, EVAL has its text.
 * @param script The script.
 * @param call Its keys and arguments.
 */
export function scriptWords(
  command: "EVAL" | "EVALSHA",
  script: Script,
  call: ScriptCall = {},
): Words {
  const fault = script instanceof Script
    ? faultOfOptions(call, SCRIPT_CALL)
    : `expected a script made by script(), got ${describe(script)}`;
  if (fault !== undefined) return [new TypeError(`Cannot run the script: ${fault}`)];
  const keys = listOf(call.keys ?? []);
  return [
    script.readOnly ? `${command}_RO` : command,
    command === "EVAL" ? script.source : script.digest,
    keys.length,
    ...keys,
    ...listOf(call.args ?? []),
  ];
}
