/**
 * The examples in documents and doc comments: what stands in a `ts` fence.
 *
 * @module
 */

/** One fenced block. */
export interface Example {
  /** The line of the first line of code, from 1. */
  readonly line: number;
  readonly code: string;
  /** What follows the language: `no-eval` and `ignore` say that it cannot be run. */
  readonly attributes: readonly string[];
}

/** Find the examples of a Markdown document. */
export function examplesInMarkdown(text: string): Example[] {
  const examples: Example[] = [];
  let fence: { line: number; code: string[]; attributes: string[] } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    if (fence) {
      if (line.trimEnd() === "```") {
        examples.push({ ...fence, code: fence.code.join("\n") });
        fence = undefined;
      } else {
        fence.code.push(line);
      }
      continue;
    }
    const [, language, attributes] = line.match(/^```(\w+)(.*)$/) ?? [];
    if (language === undefined) continue;
    // Other languages are followed to their end too, or that would look like a beginning.
    const isOurs = language === "ts" || language === "typescript";
    fence = {
      line: index + 2,
      code: [],
      attributes: isOurs ? attributes.split(/\s+/).filter(Boolean) : ["ignore"],
    };
  }
  return examples;
}

/** Find the examples in the doc comments of a TypeScript module. */
export function examplesInModule(text: string): Example[] {
  const examples: Example[] = [];
  for (const { 0: comment, index } of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const before = text.slice(0, index).split("\n").length - 1;
    const markdown = comment.replace(/^[ \t]*\* ?/gm, "");
    for (const example of examplesInMarkdown(markdown)) {
      examples.push({ ...example, line: example.line + before });
    }
  }
  return examples;
}

/**
 * Make an example check itself: `await client.get("k"); // "v"` fails if the value is another one. A
 * comment that is no value ("// about 5") is left alone.
 *
 * @param code The example
 * @param check The name of a function that takes the value and the one that the comment says
 */
export function withChecks(code: string, check: string): string {
  return code.replace(/^(\(?await .*|[\w.]+); \/\/ (.+)$/gm, (line, expression, comment) => {
    // The way in which consoles show bytes; as code it would be an element of a class.
    const value = comment.replace(/\bUint8Array (\[[^\]]*\])/g, "new Uint8Array($1)");
    return isValue(value) ? `${check}(${expression}, (${value}));` : line;
  });
}

function isValue(text: string): boolean {
  try {
    new Function(`"use strict"; return (${text});`)();
    return true;
  } catch {
    return false;
  }
}
