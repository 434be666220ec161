import { assertEquals } from "@std/assert";
import { ConnectionError, ServerError } from "../../../lib/errors.ts";
import { type ClientEvent, Events } from "../../../lib/events.ts";
import { Refusals } from "../../../lib/subscription/refusals.ts";

const endpoint = { host: "h", port: 1 };
const away = new ConnectionError("Cannot connect", endpoint);
const refused = new ServerError("WRONGPASS invalid username-password pair");

Deno.test("attempts that follow each other quickly are told once", async () => {
  const events = new Events();
  const told: ClientEvent[] = [];
  const reading = (async () => {
    for await (const event of events) told.push(event);
  })();
  const refusals = new Refusals(events, 1000);
  const [one, other] = [{ endpoint }, { endpoint: { host: "h", port: 2 } }];
  for (let i = 0; i < 3; i++) refusals.note(one, away);
  refusals.note(other, away);
  refusals.note({ endpoint: undefined }, away);
  events.emit({ type: "closed" });
  await reading;
  assertEquals(told, [
    { type: "reconnecting", ...endpoint, error: away },
    { type: "reconnecting", host: "h", port: 2, error: away },
    { type: "closed" },
  ]);
});

Deno.test("what a server refuses for good is final after a while, unless it passes", () => {
  const subscriber = { endpoint };
  const patient = new Refusals(new Events(), 10_000);
  assertEquals(patient.note(subscriber, away), "passing");
  assertEquals(patient.note(subscriber, refused), "lasting");
  const impatient = new Refusals(new Events(), 0);
  assertEquals(impatient.note(subscriber, refused), "final");
  // A certificate may be replaced.
  const cause = new Deno.errors.InvalidData("invalid peer certificate: UnknownIssuer");
  const distrusted = new ConnectionError("Cannot connect", { ...endpoint, cause });
  assertEquals(impatient.note(subscriber, distrusted), "lasting");
});
