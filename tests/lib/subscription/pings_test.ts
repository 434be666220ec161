import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Words } from "../../../lib/executor.ts";
import type { Reply } from "../../../lib/resp/reply.ts";
import { Pings } from "../../../lib/subscription/pings.ts";

/** A connection that answers when it is told to. */
class SlowConnection {
  received = 7;
  readonly sent: Words[] = [];
  readonly replies: PromiseWithResolvers<Reply>[] = [];

  call(words: Words): Promise<Reply> {
    this.sent.push(words);
    const reply = Promise.withResolvers<Reply>();
    this.replies.push(reply);
    return reply.promise;
  }
}

/** Makes PINGs with 100 ms for a reply, and the list of the late ones. */
function makePings(): { pings: Pings; late: number[] } {
  const late: number[] = [];
  return { pings: new Pings(100, ({ receivedBefore }) => late.push(receivedBefore)), late };
}

Deno.test("a PING without a reply in time is late, and is told with what was received before", async () => {
  using time = new FakeTime();
  const { pings, late } = makePings();
  const connection = new SlowConnection();
  pings.send(connection, ["PING", "mark"]);
  await time.tickAsync(99);
  assertEquals([connection.sent, late], [[["PING", "mark"]], []]);
  await time.tickAsync(5000);
  assertEquals(late, [7]);
});

Deno.test("a PING that is answered or refused in time is not late", async () => {
  using time = new FakeTime();
  const { pings, late } = makePings();
  const connection = new SlowConnection();
  pings.send(connection, ["PING"]);
  pings.send(connection, ["PING"]);
  connection.replies[0].resolve("PONG");
  connection.replies[1].reject(new Error("NOPERM"));
  await time.tickAsync(5000);
  assertEquals(late, []);
});

Deno.test("after stop() no PING is late", async () => {
  using time = new FakeTime();
  const { pings, late } = makePings();
  pings.send(new SlowConnection(), ["PING"]);
  pings.stop();
  await time.tickAsync(5000);
  assertEquals(late, []);
});
