import { assertEquals, assertThrows } from "@std/assert";
import { declarationsOf } from "./declarations.ts";

const SOURCES: Readonly<Record<string, string>> = {
  "mod.ts": `/** Docs of the module. @module */
export { b } from "./of/b.ts";
import type { C } from "./of/c.ts";
import { unused } from "./of/unused.ts";
/** Docs of a. */
export function a(c: C, d: import("./of/d.ts").D): void {
  unused(c, d);
}
`,
  "of/b.ts": 'export const b: string = "./x.ts";\n',
  "of/c.ts": 'import type { EventEmitter } from "node:events";\nexport type C = EventEmitter;\n',
  "of/d.ts": `export class D {
  #list: import("../mod.ts").C[] = [];
  [Symbol.iterator](): Iterator<Deno.Conn> {
    return this.#list.values();
  }
}
`,
  "of/unused.ts": "export function unused(...of: unknown[]): void {}\n",
};

const DECLARATIONS = declarationsOf(["mod.ts"], (path) => SOURCES[path]);

Deno.test("declarationsOf() keeps docs, and names the JavaScript files in imports", () => {
  assertEquals(
    DECLARATIONS.get("mod.ts"),
    `/** Docs of the module. @module */
export { b } from "./of/b.js";
import type { C } from "./of/c.js";
/** Docs of a. */
export declare function a(c: C, d: import("./of/d.js").D): void;
`,
  );
});

Deno.test("declarationsOf() writes a member with a computed name once", () => {
  assertEquals(
    DECLARATIONS.get("of/d.ts"),
    `export declare class D {
    #private;
    [Symbol.iterator](): Iterator<Deno.Conn>;
}
`,
  );
});

Deno.test("declarationsOf() leaves out files that no declaration needs", () => {
  assertEquals([...DECLARATIONS.keys()].sort(), ["mod.ts", "of/b.ts", "of/c.ts", "of/d.ts"]);
});

Deno.test("declarationsOf() throws for an export without an explicit type", () => {
  const source = "\nexport const x = Math.random();\n";
  assertThrows(
    () => declarationsOf(["x.ts"], (path) => path === "x.ts" ? source : undefined),
    Error,
    "Cannot write the declarations of x.ts, line 2",
  );
});

Deno.test("declarationsOf() throws if types need another package", () => {
  const source = 'import type { X } from "@std/async/x";\nexport declare const x: X;\n';
  assertThrows(
    () => declarationsOf(["x.ts"], (path) => path === "x.ts" ? source : undefined),
    Error,
    "Cannot write the declarations of x.ts: they need @std/async/x",
  );
});
