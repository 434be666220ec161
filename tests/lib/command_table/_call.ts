/** Cuts a call of a case file into its words; `""` is the empty word. */
export function wordsOf(call: string): string[] {
  return call.split(" ").map((word) => word === '""' ? "" : word);
}

/** Gives the same words as bytes. */
export function asBytes(words: readonly string[]): Uint8Array[] {
  const encoder = new TextEncoder();
  return words.map((word) => encoder.encode(word));
}

/** Reads a file under `tests/cases/`. */
export function caseFile(name: string): Promise<string> {
  return Deno.readTextFile(new URL(`../../cases/${name}`, import.meta.url));
}
