import { assertEquals, assertRejects } from "@std/assert";
import { Mailbox, type MailboxOptions } from "../../../lib/subscription/mailbox.ts";

type Item = string;

function mailbox(
  options: Partial<MailboxOptions<Item>> = {},
): { box: Mailbox<Item>; dropped: Item[] } {
  const dropped: Item[] = [];
  const box = new Mailbox<Item>({
    sizeOf: (item) => item.length,
    onDrop: (item) => dropped.push(item),
    ...options,
  });
  return { box, dropped };
}

/** Reads what is buffered. */
async function readAll(box: Mailbox<Item>): Promise<Item[]> {
  const items: Item[] = [];
  while (box.length > 0) items.push((await box.next()).value!);
  return items;
}

function marked({ count }: { count: number }): Item {
  return `-${count}`;
}

Deno.test("a mailbox hands items out in their order", async () => {
  const { box } = mailbox();
  for (const item of ["a", "b", "c"]) box.put(item);
  assertEquals(box.length, 3);
  assertEquals(box.bytes, 3);
  assertEquals(await readAll(box), ["a", "b", "c"]);
  assertEquals(box.bytes, 0);
});

Deno.test("readers that wait get the next items in the order of their calls", async () => {
  const { box } = mailbox();
  const first = box.next();
  const second = box.next();
  box.put("a");
  box.put("b");
  box.put("c");
  assertEquals((await first).value, "a");
  assertEquals((await second).value, "b");
  assertEquals(box.length, 1);
});

Deno.test("a full mailbox drops the oldest items by default", async () => {
  const { box, dropped } = mailbox({ maxItems: 2 });
  for (const item of ["a", "b", "c", "d"]) box.put(item);
  assertEquals(dropped, ["a", "b"]);
  assertEquals(await readAll(box), ["c", "d"]);
});

Deno.test("a mark for dropped items comes in front of the oldest that are left", async () => {
  const { box } = mailbox({ maxItems: 2, markOf: marked });
  for (const item of ["a", "b", "c", "d"]) box.put(item);
  assertEquals((await box.next()).value, "-2");
  assertEquals((await box.next()).value, "c");
  box.put("e");
  box.put("f");
  assertEquals((await box.next()).value, "-1");
  assertEquals(await readAll(box), ["e", "f"]);
});

Deno.test("a mark that is dropped itself does not count", async () => {
  const { box } = mailbox({ maxItems: 1, markOf: marked, isMark: (item) => item === "gap" });
  for (const item of ["a", "gap", "b"]) box.put(item);
  assertEquals((await box.next()).value, "-1");
  assertEquals((await box.next()).value, "b");
});

Deno.test("a mailbox can drop the newest items", async () => {
  const { box, dropped } = mailbox({ maxItems: 2, overflow: "dropNewest" });
  for (const item of ["a", "b", "c", "d"]) box.put(item);
  assertEquals(dropped, ["c", "d"]);
  assertEquals(await readAll(box), ["a", "b"]);
  box.put("e");
  assertEquals(await readAll(box), ["e"]);
});

Deno.test("a mark for the newest items comes where they would have been", async () => {
  const { box } = mailbox({ maxItems: 3, overflow: "dropNewest", markOf: marked });
  for (const item of ["a", "b", "c", "d", "e"]) box.put(item);
  assertEquals((await box.next()).value, "a");
  // There is room for an item, but not for the mark in front of it.
  box.put("f");
  assertEquals((await box.next()).value, "b");
  box.put("g");
  assertEquals(await readAll(box), ["c", "-3", "g"]);
  for (const item of ["h", "i", "j", "k"]) box.put(item);
  assertEquals(await readAll(box), ["h", "i", "j"]);
  assertEquals((await box.next()).value, "-1");
});

Deno.test("a full mailbox can tell its owner, who ends it with an error", async () => {
  const { box, dropped } = mailbox({
    maxItems: 1,
    overflow: "error",
    onFull: () => box.end(new Error("Full")),
  });
  for (const item of ["a", "b", "c"]) box.put(item);
  assertEquals(dropped, ["b"]);
  assertEquals((await box.next()).value, "a");
  await assertRejects(() => box.next(), Error, "Full");
  assertEquals(await box.next(), { value: undefined, done: true });
});

Deno.test("a mailbox is full by bytes as well", async () => {
  const { box, dropped } = mailbox({ maxBytes: 10 });
  for (const item of ["aaaa", "bbbb", "cccc"]) box.put(item);
  assertEquals(dropped, ["aaaa"]);
  assertEquals(box.bytes, 8);
  box.put("d".repeat(9));
  assertEquals(await readAll(box), ["d".repeat(9)]);
});

Deno.test("an item above the limit is kept as the only one", async () => {
  const { box, dropped } = mailbox({ maxBytes: 10 });
  box.put("a");
  box.put("b".repeat(100));
  assertEquals(dropped, ["a"]);
  assertEquals(await readAll(box), ["b".repeat(100)]);
  assertEquals(box.bytes, 0);
});

Deno.test("the end comes behind what is buffered", async () => {
  const { box } = mailbox();
  box.put("a");
  box.end();
  box.put("b");
  assertEquals(await Array.fromAsync(box), ["a"]);
  assertEquals(box.ended, true);
});

Deno.test("a mailbox can be emptied", async () => {
  const { box } = mailbox({ maxItems: 1, markOf: marked });
  box.put("a");
  box.put("b");
  box.clear();
  box.end();
  assertEquals(box.bytes, 0);
  assertEquals(await Array.fromAsync(box), []);
});

Deno.test("the end reaches all readers that wait, an error one of them", async () => {
  const { box } = mailbox();
  const readers = [box.next(), box.next(), box.next()];
  box.end(new Error("Gone"));
  const outcomes = await Promise.allSettled(readers);
  assertEquals(outcomes.map(({ status }) => status), ["rejected", "fulfilled", "fulfilled"]);
  assertEquals((await box.next()).done, true);
});

Deno.test("a loop that is left can be taken up by another one", async () => {
  const { box } = mailbox();
  for (const item of ["a", "b", "c"]) box.put(item);
  for await (const item of box) {
    assertEquals(item, "a");
    break;
  }
  box.end();
  assertEquals(await Array.fromAsync(box), ["b", "c"]);
});

Deno.test("an iterator that returns ends its waits, and those of no other one", async () => {
  const { box } = mailbox();
  const [left, other] = [box[Symbol.asyncIterator](), box[Symbol.asyncIterator]()];
  const waits = [left.next(), other.next(), left.next(), other.next()];
  await left.return!();
  box.put("a");
  box.put("b");
  assertEquals((await Promise.all(waits)).map(({ value }) => value), [
    undefined,
    "a",
    undefined,
    "b",
  ]);
});
