import { assertEquals, assertRejects } from "@std/assert";
import { settingsOf } from "../../../lib/configuration/settings.ts";
import { Creation } from "../../../lib/dispatch/creation.ts";
import { TurnedClock } from "../connection/_turned_clock.ts";

/** A start, and what it has called so far. */
class Bench {
  readonly calls: string[] = [];
  readonly creation: Creation;

  constructor(options: { lazyConnect?: boolean } = {}, begin: (creation: Creation) => void = none) {
    const settings = settingsOf({
      addresses: [{ host: "localhost" }],
      clientCreationTimeout: 1000,
      requestTimeout: 100,
      ...options,
    }, "standalone");
    this.creation = new Creation(settings, {
      begin: () => {
        this.calls.push("begin");
        begin(this.creation);
      },
      onHalfTime: () => this.calls.push("half time"),
      onTimeout: () => this.creation.fail(new Error("Cannot connect: it is too late")),
    });
  }
}

function none(): void {}

Deno.test("Creation begins to connect once", async () => {
  using clock = new TurnedClock();
  const { creation, calls } = new Bench();
  assertEquals(creation.isStarted, false);
  creation.start();
  creation.start();
  const finished = creation.finished();
  creation.succeed();
  await finished;
  await clock.tick(2000);
  assertEquals(creation.isStarted, true);
  assertEquals(creation.isReady, true);
  assertEquals(calls, ["begin"]);
});

Deno.test("Creation may succeed or fail while it begins", async () => {
  using clock = new TurnedClock();
  const ready = new Bench({}, (creation) => creation.succeed());
  await ready.creation.finished();
  const failed = new Bench({}, (creation) => creation.fail(new Error("Cannot connect: no route")));
  await assertRejects(() => failed.creation.finished(), Error, "no route");
  assertEquals(failed.creation.isReady, false);
  failed.creation.end(new Error("Cannot connect: closed"));
  await clock.tick(2000);
  assertEquals([ready.calls, failed.calls], [["begin"], ["begin"]]);
});

Deno.test("Creation tells when half of its time is over, and rejects when all of it is", async () => {
  using clock = new TurnedClock();
  const { creation, calls } = new Bench();
  const rejection = assertRejects(() => creation.finished(), Error, "it is too late");
  await clock.tick(499);
  assertEquals(creation.isHalfTime, false);
  await clock.tick(1);
  assertEquals(creation.isHalfTime, true);
  assertEquals(calls, ["begin", "half time"]);
  await clock.tick(500);
  await rejection;
});

Deno.test("Creation of a lazy client has half of the time of its first request", async () => {
  using clock = new TurnedClock();
  const { creation, calls } = new Bench({ lazyConnect: true });
  creation.start();
  await clock.tick(50);
  assertEquals(calls, ["begin", "half time"]);
  // What failed may succeed later: the requests of a lazy client go on connecting.
  creation.fail(new Error("Cannot connect: no route"));
  assertEquals(creation.isReady, false);
  creation.succeed();
  assertEquals(creation.isReady, true);
});

Deno.test("Creation that has succeeded does not fail any more", async () => {
  using clock = new TurnedClock();
  const { creation, calls } = new Bench();
  const finished = creation.finished();
  creation.succeed();
  creation.fail(new Error("Cannot connect: no route"));
  await finished;
  await clock.tick(2000);
  assertEquals(creation.isReady, true);
  assertEquals(calls, ["begin"]);
});

Deno.test("Creation that is ended rejects, and nothing is called any more", async () => {
  using clock = new TurnedClock();
  const { creation, calls } = new Bench();
  const rejection = assertRejects(() => creation.finished(), Error, "closed");
  creation.end(new Error("Cannot connect: closed"));
  await rejection;
  await clock.tick(2000);
  assertEquals(calls, ["begin"]);
});
