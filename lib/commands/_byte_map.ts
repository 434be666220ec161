/**
 * Maps with bytes as keys.
 *
 * @module
 */

/**
 * A map with `Uint8Array` keys, which are compared by content. Keys can also be looked up by text, as UTF-8.
 *
 * @example Look up a field by text
 * ```ts
 * await client.hset("user", { name: "Ada" });
 * const fields = await client.bytes.hgetall("user");
 * fields.get("name"); // Uint8Array [65, 100, 97]
 * ```
 *
 * @typeParam V Type of the values.
 */
export class ByteMap<V> extends Map<Uint8Array, V> {
  /** The keys by content; built on the first lookup. */
  #keys: Map<string, Uint8Array> | undefined;

  /**
   * Creates a map.
   *
   * @param entries Initial entries.
   */
  constructor(entries: Iterable<readonly [Uint8Array, V]> = []) {
    super();
    for (const [key, value] of entries) this.set(key, value);
  }

  /**
   * Returns the value of a key.
   *
   * @param key The key, as bytes or text. If several keys have the same content, the last one is used.
   * @returns The value; undefined if the key does not exist.
   */
  override get(key: Uint8Array | string): V | undefined {
    const own = this.#find(key);
    return own && super.get(own);
  }

  /**
   * Returns whether a key exists.
   *
   * @param key The key, as bytes or text.
   */
  override has(key: Uint8Array | string): boolean {
    return this.#find(key) !== undefined;
  }

  /**
   * Sets the value of a key. A different array with equal content is added as a separate entry.
   *
   * @param key The key.
   * @param value The value.
   */
  override set(key: Uint8Array, value: V): this {
    this.#keys = undefined;
    return super.set(key, value);
  }

  /**
   * Deletes a key.
   *
   * @param key The key, as bytes or text.
   * @returns Whether the key existed.
   */
  override delete(key: Uint8Array | string): boolean {
    const own = this.#find(key);
    this.#keys = undefined;
    return own !== undefined && super.delete(own);
  }

  /** Deletes all keys. */
  override clear(): void {
    this.#keys = undefined;
    super.clear();
  }

  #find(key: Uint8Array | string): Uint8Array | undefined {
    if (this.#keys === undefined) {
      this.#keys = new Map();
      for (const own of this.keys()) this.#keys.set(contentOf(own), own);
    }
    return this.#keys.get(contentOf(typeof key === "string" ? utf8.encode(key) : key));
  }
}

const utf8 = new TextEncoder();

/** The bytes as text with a character for each. */
function contentOf(bytes: Uint8Array): string {
  let content = "";
  for (const byte of bytes) content += String.fromCharCode(byte);
  return content;
}
