import { assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { logIn, tlsFor } from "../../../lib/connection/log_in.ts";
import { TlsSource } from "../../../lib/connection/tls_source.ts";
import { ServerError } from "../../../lib/errors.ts";
import { credentials, settings } from "./_settings.ts";

const ENDPOINT = { host: "example.com", port: 6379 };

/** Runs something, and tells which rejections had no handler by its end. */
async function unhandledIn(action: () => Promise<void>): Promise<unknown[]> {
  const reasons: unknown[] = [];
  const note = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    reasons.push(event.reason);
  };
  addEventListener("unhandledrejection", note);
  try {
    await action();
    // Rejections without a handler are told at the end of a turn of the event loop.
    await delay(0);
    await delay(0);
  } finally {
    removeEventListener("unhandledrejection", note);
  }
  return reasons;
}

Deno.test("credentials that fail after the end of an attempt end nothing but the attempt", async () => {
  const ended = new Error("The attempt was ended");
  const provided = credentials(() => Promise.reject(new Error("No credentials")));
  const closed = credentials({ password: "secret" });
  closed.close();
  const unhandled = await unhandledIn(async () => {
    for (const given of [provided, closed]) {
      const signal = AbortSignal.abort(ended);
      const attempt = { signal, onWait() {}, call: () => Promise.resolve("OK") };
      const failed = logIn(ENDPOINT, settings({ credentials: given }), attempt);
      assertEquals(await failed.catch((error) => error), ended);
    }
  });
  assertEquals(unhandled, []);
});

Deno.test("newer credentials that fail after the end of an attempt end nothing but the attempt", async () => {
  const end = new AbortController();
  const ended = new Error("The attempt was ended");
  let calls = 0;
  const given = credentials(() =>
    ++calls === 1 ? Promise.resolve({ password: "old" }) : Promise.reject(new Error("No more"))
  );
  const unhandled = await unhandledIn(async () => {
    const failed = logIn(ENDPOINT, settings({ credentials: given }), {
      signal: end.signal,
      onWait() {},
      call: () => {
        end.abort(ended);
        return Promise.reject(new ServerError("WRONGPASS wrong password"));
      },
    });
    assertEquals(await failed.catch((error) => error), ended);
  });
  assertEquals([calls, unhandled], [2, []]);
});

Deno.test("a function of the option tls that fails after the end of an attempt ends nothing but the attempt", async () => {
  const ended = new Error("The attempt was ended");
  const tlsSource = new TlsSource(
    () => Promise.reject(new Error("No certificate")),
    () => ({}) as never,
    1000,
  );
  const unhandled = await unhandledIn(async () => {
    await assertRejects(
      () =>
        tlsFor(ENDPOINT, settings({ tlsSource }), {
          signal: AbortSignal.abort(ended),
          onWait() {},
        }),
      Error,
      ended.message,
    );
  });
  assertEquals(unhandled, []);
});
