import { assertEquals, assertRejects, fail } from "@std/assert";
import { ConfigurationError } from "../../../lib/errors.ts";
import { subscribe } from "../../../lib/subscription/subscribe.ts";

Deno.test("subscribe() refuses a view with a route", async () => {
  const error = await assertRejects(
    () => subscribe(() => fail(), "smessage", "a", undefined, { bytes: false, routed: true }),
    ConfigurationError,
    "Cannot call ssubscribe() with a route",
  );
  assertEquals(error.option, "route");
});
