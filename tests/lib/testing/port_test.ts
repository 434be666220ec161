import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { listenOn, releasePort } from "../../../lib/testing/_port.ts";

const HOST = "127.0.0.1";

/** Fails so many times as if the port were taken, then returns the port. */
function takenAtFirst(times: number): { listen: (port: number) => number; tried: number[] } {
  const tried: number[] = [];
  const listen = (port: number): number => {
    tried.push(port);
    if (tried.length <= times) throw new Deno.errors.AddrInUse("Address already in use");
    return port;
  };
  return { listen, tried };
}

Deno.test("listenOn() waits for a port that another process looks at", () => {
  const { listen, tried } = takenAtFirst(3);
  assertEquals(listenOn(HOST, 12_345, listen), { listener: 12_345, port: 12_345 });
  assertEquals(tried, [12_345, 12_345, 12_345, 12_345]);
});

Deno.test("listenOn() takes another free port if the first one was taken meanwhile", () => {
  const { listen, tried } = takenAtFirst(1);
  const { port } = listenOn(HOST, undefined, listen);
  assertEquals(tried.at(-1), port);
  assertNotEquals(tried[0], port);
  releasePort(port);
});

Deno.test("listenOn() fails if a port stays taken", () => {
  using taken = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = taken.addr;
  assertThrows(
    () => listenOn(HOST, port, () => Deno.listen({ hostname: HOST, port })),
    Deno.errors.AddrInUse,
  );
});

Deno.test("listenOn() passes on other errors at once", () => {
  let calls = 0;
  const listen = (): never => {
    calls++;
    throw new Deno.errors.AddrNotAvailable("No such address");
  };
  assertThrows(() => listenOn(HOST, 12_345, listen), Deno.errors.AddrNotAvailable);
  assertEquals(calls, 1);
});
