import { assertEquals } from "@std/assert";
import { RecentSeats } from "../../../lib/subscription/recent_seats.ts";
import { Forms, type Kind, Topic } from "../../../lib/subscription/topic.ts";

const seatOf = (kind: Kind, name: string) => ({ topic: new Topic(kind, new Forms(name), -1) });

Deno.test("RecentSeats finds topics by kind and bytes, whatever else has their place", () => {
  const recent = new RecentSeats<ReturnType<typeof seatOf>>();
  const seats = Array.from({ length: 5000 }, (_, i) => seatOf("message", `channel:${i}`));
  const find = (kind: Kind, name: string) => {
    const bytes = new TextEncoder().encode(`<${name}>`);
    return recent.find(kind, bytes, 1, bytes.length - 1);
  };
  for (const seat of seats) {
    recent.keep(seat);
    assertEquals(find("message", seat.topic.name.text) === seat, true);
  }
  const found = seats.filter((seat) => find("message", seat.topic.name.text) === seat);
  // Each place has its last topic.
  assertEquals(found.length > 900 && found.length <= 1024, true);
  const [seat] = found;
  assertEquals(find("pmessage", seat.topic.name.text), undefined);
  assertEquals(find("message", "channel"), undefined);
  recent.forget(seat);
  assertEquals(find("message", seat.topic.name.text), undefined);
});
