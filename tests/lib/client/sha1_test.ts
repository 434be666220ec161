import { assertEquals } from "@std/assert";
import { sha1 } from "../../../lib/client/sha1.ts";

Deno.test("sha1() computes what the platform does, for texts of all lengths around the blocks", async () => {
  for (let length = 0; length < 200; length++) {
    const text = "ä€𝄞".repeat(length).slice(0, length).toWellFormed();
    const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
    const bytes = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
    assertEquals(sha1(text), bytes.join(""), `${length}`);
  }
});
