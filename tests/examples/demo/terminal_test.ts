import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Screen } from "./screen.ts";
import { alignTable } from "./table.ts";
import { Terminal } from "./terminal.ts";

/** A screen that remembers. */
function fakeScreen(
  options: { live: boolean; columns?: number },
): { screen: Screen; text(): string } {
  let text = "";
  return {
    screen: {
      write: (more) => void (text += more),
      live: options.live,
      colour: options.live,
      columns: () => options.columns ?? 80,
    },
    text: () => text,
  };
}

Deno.test("alignTable() puts figures on the right and text on the left", () => {
  assertEquals(
    alignTable(["node", "calls", "share"], [["a", "5", "33.3 %"], ["bbbbbb", "1,234", "–"]]),
    [
      "node     calls    share",
      "a            5   33.3 %",
      "bbbbbb   1,234        –",
    ],
  );
  assertEquals(alignTable(["empty"], []), ["empty"]);
});

Deno.test("a terminal that nobody looks at gets no control characters, and a line now and then", () => {
  using time = new FakeTime();
  const { screen, text } = fakeScreen({ live: false });
  const terminal = new Terminal(screen);
  terminal.part("Part");
  terminal.heading("Scene");
  {
    using progress = terminal.progress("Loading");
    for (let i = 0; i <= 50; i++) {
      progress.update(i / 50, `${i} records`);
      time.tick(100);
    }
  }
  terminal.say("done\n");
  terminal.heading("Next");
  assertEquals(
    text(),
    "\nPart\n====\n\nScene\n" +
      "  Loading: 40 % 20 records\n  Loading: 80 % 40 records\n" +
      "  done\n\nNext\n",
  );
});

Deno.test("a live terminal has one progress line, which ends where other text begins", () => {
  using time = new FakeTime();
  const { screen, text } = fakeScreen({ live: true, columns: 40 });
  const terminal = new Terminal(screen);
  using progress = terminal.progress("Loading");
  time.tick(1000);
  progress.update(0.5, "half of the records, which is not all there is to say");
  progress.update(0.6, "too soon to be said");
  const [, line, ...rest] = text().split("\r\x1b[K");
  assertEquals(rest, []);
  assertStringIncludes(line, "[############............]  50 % Load");
  assert(line.length < 40, `${line.length} characters`);
  terminal.say("something else");
  assertEquals(text().split("\r\x1b[K").at(-1), "  something else\n");
});

Deno.test("a progress line follows a state until it is disposed of", () => {
  using time = new FakeTime();
  const { screen, text } = fakeScreen({ live: true });
  let state = "first";
  {
    using progress = new Terminal(screen).progress("Writing");
    progress.follow(() => state);
    time.tick(500);
    state = "second";
    time.tick(500);
  }
  const end = text();
  time.tick(1000);
  assertEquals(text(), end);
  assertStringIncludes(end, "- Writing: first");
  assertStringIncludes(end, " Writing: second");
  assert(end.endsWith("\r\x1b[K"));
});
