import { assertEquals } from "@std/assert";
import { isKeyspaceName, slotOfChannel } from "../../cluster/keyspace_channels.ts";
import { slotOf } from "../../cluster/slot.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("isKeyspaceName() knows the names of notifications and their patterns", () => {
  const names = ["__keyspace@0__:k", "__keyevent@1__:set", "__key*", "__subkeyevent@0__:hset"];
  for (const name of names) assertEquals(isKeyspaceName(bytes(name)), true, name);
  for (const name of ["news", "_key", "__ke", "", "x__key"]) {
    assertEquals(isKeyspaceName(bytes(name)), false, name);
  }
});

Deno.test("slotOfChannel() gives the slot of the key", () => {
  assertEquals(slotOfChannel(bytes("__keyspace@0__:user:1")), slotOf("user:1"));
  assertEquals(slotOfChannel(bytes("__keyspace@15__:{a}b:c")), slotOf("a"));
  assertEquals(slotOfChannel(bytes("__subkeyspace@0__:h")), slotOf("h"));
  const binary = new Uint8Array([0xff, 0xfe]);
  const channel = new Uint8Array([...bytes("__keyspace@0__:"), ...binary]);
  assertEquals(slotOfChannel(channel), slotOf(binary));
  for (const name of ["__keyevent@0__:set", "__keyspace@0__", "news", "__keyspace@*__:k"]) {
    assertEquals(slotOfChannel(bytes(name)), -1, name);
  }
});
