/**
 * The `.d.ts` files of the npm package, with the docs.
 *
 * All exports have explicit types (`isolatedDeclarations`), so TypeScript writes the declarations without the types of Deno and
 * of `@std`.
 *
 * @module
 */

import ts from "npm:typescript@6.0.3";

const OPTIONS: ts.CompilerOptions = {
  allowImportingTsExtensions: true,
  declaration: true,
  emitDeclarationOnly: true,
  isolatedDeclarations: true,
  lib: ["lib.esnext.d.ts"],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  noCheck: true,
  strict: true,
  target: ts.ScriptTarget.ES2023,
  types: [],
};

/** Where the sources seem to be: an absolute path, as TypeScript wants it. */
const ROOT = "/";

/**
 * Writes the declarations of entry points, and of all files that these need.
 *
 * @param entries Paths of the entry points.
 * @param read Reads a source file by its path; undefined if there is none.
 * @returns The declarations by the path of their source. Relative imports in them end in ".js".
 * @throws {Error} If an export has no explicit type, or a declaration needs another package.
 */
export function declarationsOf(
  entries: readonly string[],
  read: (path: string) => string | undefined,
): Map<string, string> {
  const all = emit(entries, read);
  const needed = new Map<string, string>();
  const wanted = [...entries];
  for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
    if (needed.has(path)) continue;
    const declarations = all.get(path);
    if (declarations === undefined) throw new Error(`Cannot find the declarations of ${path}`);
    const { text, imports } = withoutTsEndings(declarations);
    needed.set(path, text);
    for (const specifier of imports) {
      if (specifier.startsWith(".")) {
        wanted.push(new URL(specifier, `file:///${path}`).pathname.slice(1));
      } else if (!specifier.startsWith("node:")) {
        throw new Error(`Cannot write the declarations of ${path}: they need ${specifier}`);
      }
    }
  }
  return needed;
}

function emit(
  entries: readonly string[],
  read: (path: string) => string | undefined,
): Map<string, string> {
  const host = ts.createCompilerHost(OPTIONS);
  const { readFile } = host;
  const ours = (path: string): string | undefined =>
    path.endsWith(".ts") && !path.includes("/node_modules/")
      ? read(path.slice(ROOT.length))
      : undefined;
  host.readFile = (path) => ours(path) ?? readFile(path);
  host.fileExists = (path) => ours(path) !== undefined;
  host.directoryExists = () => true;
  host.getCurrentDirectory = () => ROOT;
  const program = ts.createProgram(entries.map((path) => ROOT + path), OPTIONS, host);
  const [problem] = program.getDeclarationDiagnostics();
  if (problem) throw new Error(`Cannot write the declarations of ${describe(problem)}`);
  const emitted = new Map<string, string>();
  program.emit(undefined, (path, text) => {
    emitted.set(path.slice(ROOT.length).replace(/\.d\.ts$/, ".ts"), text);
  });
  return emitted;
}

function describe({ file, start, messageText }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, " ");
  if (file === undefined) return `the package: ${text}`;
  const { line } = file.getLineAndCharacterOfPosition(start ?? 0);
  return `${file.fileName.slice(ROOT.length)}, line ${line + 1}: ${text}`;
}

/** Makes relative imports name the JavaScript files, and lists all imports as they were. */
function withoutTsEndings(declarations: string): { text: string; imports: string[] } {
  const { importedFiles } = ts.preProcessFile(declarations, true, true);
  let text = declarations;
  // From the end, so that the places of those before stay right.
  for (const { fileName, end } of importedFiles.toReversed()) {
    if (!fileName.startsWith(".") || !fileName.endsWith(".ts")) continue;
    const dot = text.lastIndexOf(".ts", end);
    text = `${text.slice(0, dot)}.js${text.slice(dot + 3)}`;
  }
  return { text, imports: importedFiles.map(({ fileName }) => fileName) };
}
