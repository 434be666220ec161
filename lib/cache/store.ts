/**
 * The entries of a cache: found by key and call, dropped by key, and bounded by their memory.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { sizeOfMap, sizeOfReply, sizeOfText } from "./replies.ts";
import { TableSize } from "./table_size.ts";
import type { Tenure } from "./tracking.ts";

/** Bytes of an entry without its key and its reply. */
const ENTRY = 96;
/** Resolution of the last use of an entry, in milliseconds. */
const UNIT = 1000;
/** Largest part of the memory limit that one entry may take. */
const LARGEST = 1 / 16;
/** Number of keys that a `Map` can always hold. */
const MAX_KEYS = 2 ** 23;

/** A cached reply. */
export class Entry {
  /** Name of the key. */
  readonly key: string;
  /** Name of the call among those for the key. */
  readonly call: string;
  /** The reply. There must be no other reference to it. */
  readonly reply: Reply;
  /** Expiry time, in whole milliseconds of `performance.now()`. */
  readonly expires: number;
  /** Until it ends, the server reports changes of the key. */
  readonly tenure: Tenure;
  /** Estimate of its memory in bytes. */
  readonly size: number;
  /** Time of the last move to the end of the list. Maintained by the store. */
  used = 0;
  /** The next entry in the order of use. Maintained by the store. */
  younger: Entry | null = null;
  /** The previous entry in the order of use. Maintained by the store. */
  older: Entry | null = null;

  /**
   * Makes an entry that is in no store.
   *
   * @param key Name of the key.
   * @param call Name of the call. Those of the simplest calls are shared by all entries and cost nothing.
   * @param shared Whether the name of the call is shared.
   * @param reply The reply.
   * @param expires When it must not be used any more.
   * @param tenure Until it ends, the server reports changes of the key.
   */
  constructor(
    { key, call, shared, reply, expires, tenure }:
      & Omit<
        Entry,
        "size" | "younger" | "older" | "used"
      >
      & { readonly shared: boolean },
  ) {
    this.key = key;
    this.call = call;
    this.reply = reply;
    this.expires = Math.floor(expires);
    this.tenure = tenure;
    this.size = ENTRY + sizeOfText(key) + (shared ? 0 : sizeOfText(call)) + sizeOfReply(reply);
  }
}

/** All entries of one key: mostly there is only one. */
type Calls = Entry | Map<string, Entry>;

/** Least-recently-used store of entries. All operations take constant time. */
export class CacheStore {
  readonly #limit: number;
  readonly #onEvict: () => void;
  readonly #keys = new Map<string, Calls>();
  readonly #table = new TableSize();
  #oldest: Entry | null = null;
  #youngest: Entry | null = null;
  #content = 0;
  #size = 0;
  /** Position at which {@linkcode CacheStore.sweep} continues. */
  #sweeper: Iterator<Calls> | null = null;

  /**
   * Makes an empty store.
   *
   * @param limit Most memory that it may take, in bytes.
   * @param onEvict Called for each entry that is dropped to make room.
   */
  constructor(limit: number, onEvict: () => void = () => {}) {
    this.#limit = limit;
    this.#onEvict = onEvict;
  }

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  /** Estimate of its memory in bytes. */
  get bytes(): number {
    return this.#size === 0 ? 0 : this.#content + this.#table.bytes;
  }

  /**
   * Finds an entry.
   *
   * @param key Name of the key.
   * @param call Name of the call.
   */
  get(key: string, call: string): Entry | undefined {
    const calls = this.#keys.get(key);
    if (calls === undefined) return undefined;
    if (calls instanceof Entry) return calls.call === call ? calls : undefined;
    return calls.get(call);
  }

  /**
   * Notes the use of an entry, at most once a second. Moving an entry changes three others, which would double the time
   * of a hit.
   *
   * @param entry The entry.
   * @param now The time in milliseconds.
   */
  touch(entry: Entry, now: number): void {
    if (now - entry.used < UNIT) return;
    entry.used = Math.floor(now);
    if (entry === this.#youngest) return;
    this.#unlink(entry);
    this.#append(entry);
  }

  /**
   * Adds an entry, in place of one for the same call, and drops those that were not used for the longest time until
   * there is room. One that would take more than a sixteenth of the whole is not added.
   *
   * @param entry The entry.
   */
  add(entry: Entry): void {
    const { key, call } = entry;
    const former = this.get(key, call);
    if (former !== undefined) this.delete(former);
    if (entry.size > this.#limit * LARGEST) return;
    const calls = this.#keys.get(key);
    if (calls === undefined) {
      this.#keys.set(key, entry);
      this.#table.add();
    } else if (calls instanceof Entry) {
      this.#keys.set(key, new Map([[calls.call, calls], [call, entry]]));
      this.#content += sizeOfMap(2);
    } else {
      this.#content -= sizeOfMap(calls.size);
      calls.set(call, entry);
      this.#content += sizeOfMap(calls.size);
    }
    this.#append(entry);
    this.#content += entry.size;
    this.#size++;
    while (this.bytes > this.#limit || this.#keys.size > MAX_KEYS) {
      this.delete(this.#oldest!);
      this.#onEvict();
    }
  }

  /** Drops an entry. */
  delete(entry: Entry): void {
    const { key, call } = entry;
    const calls = this.#keys.get(key)!;
    if (calls instanceof Entry) {
      this.#keys.delete(key);
      this.#table.remove();
    } else {
      this.#content -= sizeOfMap(calls.size);
      calls.delete(call);
      if (calls.size === 1) {
        for (const last of calls.values()) this.#keys.set(key, last);
      } else {
        this.#content += sizeOfMap(calls.size);
      }
    }
    this.#forget(entry);
  }

  /** Drops all entries of a key. */
  deleteKey(key: string): void {
    const calls = this.#keys.get(key);
    if (calls === undefined) return;
    this.#keys.delete(key);
    this.#table.remove();
    if (calls instanceof Entry) return this.#forget(calls);
    this.#content -= sizeOfMap(calls.size);
    for (const entry of calls.values()) this.#forget(entry);
  }

  /** Drops all entries. */
  clear(): void {
    this.#keys.clear();
    this.#table.clear();
    this.#oldest = this.#youngest = this.#sweeper = null;
    this.#content = this.#size = 0;
  }

  /**
   * Checks some entries and drops those that can no longer be used, to free their memory. Each call continues where the
   * previous one stopped.
   *
   * @param count Number of keys to check.
   * @param isOver Tells whether an entry can no longer be used.
   */
  sweep(count: number, isOver: (entry: Entry) => boolean): void {
    this.#sweeper ??= this.#keys.values();
    for (let i = 0; i < count; i++) {
      const { value, done } = this.#sweeper.next();
      if (done) {
        this.#sweeper = null;
        return;
      }
      if (value instanceof Entry) {
        if (isOver(value)) this.delete(value);
      } else {
        for (const entry of [...value.values()]) if (isOver(entry)) this.delete(entry);
      }
    }
  }

  #forget(entry: Entry): void {
    this.#unlink(entry);
    this.#content -= entry.size;
    this.#size--;
  }

  #append(entry: Entry): void {
    entry.older = this.#youngest;
    if (this.#youngest === null) this.#oldest = entry;
    else this.#youngest.younger = entry;
    this.#youngest = entry;
  }

  #unlink(entry: Entry): void {
    const { older, younger } = entry;
    if (older === null) this.#oldest = younger;
    else older.younger = younger;
    if (younger === null) this.#youngest = older;
    else younger.older = older;
    entry.older = entry.younger = null;
  }
}
