import { assertEquals } from "@std/assert";
import { isInterrupting, lookUp } from "../../../lib/command_table/mod.ts";

const INTERRUPTING = [
  "SCRIPT KILL",
  "FUNCTION KILL",
  "SHUTDOWN NOSAVE",
  "CLIENT UNPAUSE",
  "CLIENT KILL 127.0.0.1:5000",
  "CLIENT KILL ID 5",
  "client kill id 5",
  "CLIENT KILL ID 5 6 7",
  "CLIENT KILL ADDR 127.0.0.1:5000",
];
const OTHERS = [
  "GET k",
  "SCRIPT FLUSH",
  "CLIENT UNBLOCK 5",
  "CLIENT PAUSE 5",
  "CLIENT KILL",
  "CLIENT KILL TYPE normal",
  "CLIENT KILL USER me",
  "CLIENT KILL LADDR 127.0.0.1:6379",
  "CLIENT KILL ID 5 SKIPME yes",
  "CLIENT KILL ADDR 127.0.0.1:5000 user me",
];

for (const [calls, expected] of [[INTERRUPTING, true], [OTHERS, false]] as const) {
  for (const call of calls) {
    Deno.test(`isInterrupting() is ${expected} for ${call}`, () => {
      const args = call.split(" ");
      assertEquals(isInterrupting(lookUp(args)!, args), expected);
    });
  }
}
