/**
 * What a module imports, read from its code.
 *
 * @module
 */

/** Remove comments that begin a line: examples in them import things as well. */
export function withoutComments(code: string): string {
  return code.replace(/^\s*\/\*[\s\S]*?\*\//gm, "").replace(/^\s*\/\/.*$/gm, "");
}

/**
 * List what a module imports or exports from elsewhere, types included.
 *
 * @param code The module without its comments
 * @return The specifiers as they are written
 */
export function importsOf(code: string): string[] {
  const statements = code.matchAll(/^\s*(?:import|export)\b(?:[^;"]*?\bfrom)?\s*"([^"]+)"/gm);
  const calls = code.matchAll(/\bimport\(\s*"([^"]+)"/g);
  return [...statements, ...calls].map(([, specifier]) => specifier);
}

/** Make a path from the top of the repository of a relative specifier. */
export function resolveImport(path: string, specifier: string): string {
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}
