import { assert, assertEquals } from "@std/assert";
import { Forms, Topic, type TopicReader } from "../../../lib/subscription/topic.ts";

const a = new TextEncoder().encode("a");

function reader(receive: () => void = () => {}, bytes = false): TopicReader {
  return { bytes, receive };
}

Deno.test("ten thousands of readers join and leave one topic in a moment", () => {
  const topic = new Topic("message", new Forms("a"), -1);
  const readers = Array.from({ length: 20_000 }, () => reader());
  const start = performance.now();
  for (const one of readers) topic.join(one);
  for (const one of readers) topic.leave(one);
  const time = performance.now() - start;
  assert(time < 1000, `${time} ms`);
  assertEquals(topic.wanted, false);
});

Deno.test("readers that join or leave while a message is handed out get it or not as they did before", () => {
  const topic = new Topic("message", new Forms("a"), -1);
  const got: string[] = [];
  const late = reader(() => got.push("late"));
  const second = reader(() => got.push("second"));
  const first = reader(() => {
    got.push("first");
    topic.leave(second);
    topic.join(late);
  });
  topic.join(first);
  topic.join(second);
  topic.deliver(a, a);
  assertEquals(got, ["first", "second"]);
  topic.deliver(a, a);
  assertEquals(got.slice(2), ["first", "late"]);
});

Deno.test("text is made once for all readers, and bytes are copied for each", () => {
  const topic = new Topic("message", new Forms("a"), -1);
  const got: unknown[] = [];
  for (const bytes of [true, false, true]) {
    topic.join({ bytes, receive: (_, __, message) => got.push(message) });
  }
  topic.deliver(a, a);
  assertEquals(got, [a, "a", a]);
  assert(got[0] !== got[2] && got[0] !== a);
});
