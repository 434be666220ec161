import { assertEquals } from "@std/assert";
import { entryPoints, manifestOf } from "./manifest.ts";

const CONFIGURATION = {
  name: "@scope/name",
  version: "1.2.3",
  license: "MIT",
  exports: { ".": "./mod.ts", "./x": "./lib/x/mod.ts", "./testing": "./lib/testing/mod.ts" },
};

Deno.test("manifestOf() has an entry with types for each export but the test kit", () => {
  const { name, version, license, exports } = manifestOf(CONFIGURATION);
  assertEquals({ name, version, license, exports }, {
    name: "@scope/name",
    version: "1.2.3",
    license: "MIT",
    exports: {
      ".": { types: "./mod.d.ts", default: "./mod.js" },
      "./x": { types: "./lib/x/mod.d.ts", default: "./lib/x/mod.js" },
      "./package.json": "./package.json",
    },
  });
});

Deno.test("entryPoints() lists source files from the top of the repository", () => {
  assertEquals(entryPoints(CONFIGURATION), [[".", "mod.ts"], ["./x", "lib/x/mod.ts"]]);
});
