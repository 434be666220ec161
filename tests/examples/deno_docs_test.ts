import { assertEquals } from "@std/assert";
import { startServer } from "../../lib/testing/mod.ts";

Deno.test("the example for Deno's documentation prints what it says, with the permission for the network alone", async () => {
  await using server = await startServer();
  const example = await Deno.readTextFile(new URL("deno_docs.ts", import.meta.url));
  // The tests do not own port 6379.
  const file = await Deno.makeTempFile({ dir: import.meta.dirname, suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, example.replace("redis://localhost:6379", server.url));
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--no-prompt", "--allow-net", file],
      env: { NO_COLOR: "1" },
      stderr: "inherit",
    }).output();
    assertEquals([success, new TextDecoder().decode(stdout)], [
      true,
      [
        "Hello, Deno!",
        "1",
        "Ada TypeScript",
        "Hello, Deno! 1",
        "[ 2, 3 ]",
        "Published from Deno",
        "Any command",
        "",
      ].join("\n"),
    ]);
  } finally {
    await Deno.remove(file);
  }
});
