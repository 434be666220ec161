import { assertEquals, assertRejects } from "@std/assert";
import { ConfigurationError } from "../../../lib/errors.ts";
import { subscribe } from "../../../lib/subscription/subscribe.ts";

Deno.test("subscribe() refuses a view with a route", async () => {
  const error = await assertRejects(
    () => subscribe({} as never, "smessage", "a", undefined, { bytes: false, routed: true }),
    ConfigurationError,
    "Cannot call ssubscribe() with a route",
  );
  assertEquals(error.option, "route");
});
