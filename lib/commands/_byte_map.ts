/**
 * Maps whose keys are bytes.
 *
 * @module
 */

/**
 * A map whose keys are bytes. A key is found by its content: by equal bytes, or by text, which stands for its UTF-8 form.
 *
 * @example A field of a hash as bytes
 * ```ts
 * await client.hset("user", { name: "Ada" });
 * const fields = await client.bytes.hgetall("user");
 * fields.get("name"); // Uint8Array [65, 100, 97]
 * ```
 *
 * @typeParam V The values.
 */
export class ByteMap<V> extends Map<Uint8Array, V> {
  /** The keys by content; made when a key is looked for. */
  #keys: Map<string, Uint8Array> | undefined;

  /**
   * Makes a map.
   *
   * @param entries What it has at first.
   */
  constructor(entries: Iterable<readonly [Uint8Array, V]> = []) {
    super();
    for (const [key, value] of entries) this.set(key, value);
  }

  /**
   * Gets a value.
   *
   * @param key The key; of several with the same content the last one counts.
   * @returns The value, or undefined if there is no such key.
   */
  override get(key: Uint8Array | string): V | undefined {
    const own = this.#find(key);
    return own && super.get(own);
  }

  /**
   * Tells whether there is a key.
   *
   * @param key The key.
   */
  override has(key: Uint8Array | string): boolean {
    return this.#find(key) !== undefined;
  }

  /**
   * Adds a value, behind the others if the key is a new array.
   *
   * @param key The key.
   * @param value The value.
   */
  override set(key: Uint8Array, value: V): this {
    this.#keys = undefined;
    return super.set(key, value);
  }

  /**
   * Removes a value.
   *
   * @param key The key.
   * @returns Whether there was one.
   */
  override delete(key: Uint8Array | string): boolean {
    const own = this.#find(key);
    this.#keys = undefined;
    return own !== undefined && super.delete(own);
  }

  /** Removes all values. */
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
