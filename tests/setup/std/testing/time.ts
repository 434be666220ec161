/**
 * `FakeTime` with the interface of `@std/testing/time`; no npm package carries the real one.
 *
 * Fakes what the real one fakes and nothing else: `Date`, the timeout and interval functions and
 * `AbortSignal.timeout`. In particular `performance.now()` and micro-tasks stay real.
 *
 * @module
 */
import type { DelayOptions } from "jsr:@std/async@^1/delay";

export type { DelayOptions };

/** Thrown when time is faked twice, or restored without having been faked. */
export class TimeError extends Error {
  /** @param message What was attempted, and the state that forbids it */
  constructor(message: string) {
    super(message);
    this.name = "TimeError";
  }
}

/** Options of {@linkcode FakeTime}: how fake time moves by itself. */
export interface FakeTimeOptions {
  /** Fake milliseconds per real one; 0 means that time only moves when told to. */
  advanceRate: number;
  /** Real milliseconds between two moves; 10 by default. */
  advanceFrequency?: number;
}

interface Timer {
  readonly callback: (...args: unknown[]) => unknown;
  readonly args: unknown[];
  /** Milliseconds between two calls; undefined for a timer that is called once. */
  readonly interval: number | undefined;
  due: number;
}

/** What is swapped, as one value so that it goes and comes together. */
interface TimeFunctions {
  readonly Date: typeof Date;
  readonly setTimeout: typeof setTimeout;
  readonly clearTimeout: typeof clearTimeout;
  readonly setInterval: typeof setInterval;
  readonly clearInterval: typeof clearInterval;
  readonly abortSignalTimeout: typeof AbortSignal.timeout;
}

const { Date: RealDate, setTimeout, clearTimeout, setInterval, clearInterval } = globalThis;
const REAL: TimeFunctions = {
  Date: RealDate,
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  abortSignalTimeout: AbortSignal.timeout,
};

let current: FakeTime | undefined;

function install({ abortSignalTimeout, ...globals }: TimeFunctions): void {
  Object.assign(globalThis, globals);
  AbortSignal.timeout = abortSignalTimeout;
}

/** Time that stands still until it is moved; made by `new`, ended by `restore()` or `using`. */
export class FakeTime {
  readonly #start: number;
  #now: number;
  #lastId = 0;
  /** By id, in the order in which timers that are due together are called. */
  readonly #timers = new Map<number, Timer>();
  readonly #fake: TimeFunctions;
  readonly #advance: ReturnType<typeof setInterval> | undefined;

  /**
   * Fake time from now on.
   *
   * @param start The first fake time; the real one by default
   * @param options Whether fake time moves by itself; it does not by default
   */
  constructor(start?: number | string | Date | null, options?: FakeTimeOptions) {
    if (current) throw new TimeError("Cannot fake time: it is faked already");
    this.#start = typeof start === "number"
      ? Math.floor(start)
      : start === undefined || start === null
      ? RealDate.now()
      : new RealDate(start).valueOf();
    if (Number.isNaN(this.#start)) {
      throw new TypeError(`Cannot fake time: the start ${start} is not a date`);
    }
    this.#now = this.#start;
    this.#fake = this.#fakes();
    current = this;
    install(this.#fake);

    const rate = options?.advanceRate ?? 0;
    const frequency = Math.max(0, options?.advanceFrequency ?? 10);
    if (rate > 0) {
      this.#advance = setInterval(() => this.tick(rate * frequency), frequency);
    }
  }

  /** End the faking. */
  static restore(): void {
    if (!current) throw new TimeError("Cannot restore time: it is not faked");
    current.restore();
  }

  /** Call a function, and wait for its promise, in real time. */
  static restoreFor<T>(
    // `any` because the real signature has it: arguments of every kind are handed through.
    // deno-lint-ignore no-explicit-any
    callback: (...args: any[]) => Promise<T> | T,
    // deno-lint-ignore no-explicit-any
    ...args: any[]
  ): Promise<T> {
    const time = current;
    if (!time) return Promise.reject(new TimeError("Cannot restore time: it is not faked"));
    install(REAL);
    try {
      const result = callback(...args);
      if (result instanceof Promise) return result.finally(() => install(time.#fake));
      install(time.#fake);
      return Promise.resolve(result);
    } catch (error) {
      install(time.#fake);
      return Promise.reject(error);
    }
  }

  /** End the faking. */
  [Symbol.dispose](): void {
    this.restore();
  }

  /** The fake time, in milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  /** Move to a later time, calling what is due on the way. */
  set now(value: number) {
    if (value < this.#now) {
      throw new RangeError(`Cannot set time to ${value}: it is already ${this.#now}`);
    }
    for (let next = this.#next(); next && next[1].due <= value; next = this.#next()) {
      const [id, timer] = next;
      const { callback, args } = timer;
      this.#now = timer.due;
      this.#timers.delete(id);
      if (timer.interval !== undefined) {
        timer.due += timer.interval;
        this.#timers.set(id, timer);
      }
      callback(...args);
    }
    this.#now = value;
  }

  /** The first fake time, in milliseconds since 1970. */
  get start(): number {
    return this.#start;
  }

  /** Wait in real time. */
  delay(ms: number, options: DelayOptions = {}): Promise<void> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      const abort = () => {
        clearTimeout(timer);
        reject(new DOMException("Delay was aborted.", "AbortError"));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve();
      }, ms);
      if (signal?.aborted) abort();
      else signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** Let everything run that waits for no timer. */
  async runMicrotasks(): Promise<void> {
    await this.delay(0);
  }

  /** Move on by some milliseconds. */
  tick(ms = 0): void {
    this.now += ms;
  }

  /** Run micro-tasks, then move on by some milliseconds. */
  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.now += ms;
  }

  /** Move on to the next timer; `false` if there is none. */
  next(): boolean {
    const next = this.#next();
    if (next) this.now = Math.max(this.#now, next[1].due);
    return next !== undefined;
  }

  /** Run micro-tasks, then move on to the next timer; `false` if there is none. */
  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  /** Move on until no timer is left. */
  runAll(): void {
    while (this.next());
  }

  /** Move on until no timer is left, running micro-tasks before each. */
  async runAllAsync(): Promise<void> {
    while (this.#timers.size > 0) await this.nextAsync();
  }

  /** End the faking; what is still due is never called. */
  restore(): void {
    if (current !== this) throw new TimeError("Cannot restore time: it is not faked");
    current = undefined;
    install(REAL);
    if (this.#advance !== undefined) clearInterval(this.#advance);
  }

  #next(): [number, Timer] | undefined {
    let first: [number, Timer] | undefined;
    for (const entry of this.#timers) {
      if (!first || entry[1].due < first[1].due) first = entry;
    }
    return first;
  }

  #add(name: string, callback: unknown, delay: number, args: unknown[], repeat: boolean): number {
    this.#checkCurrent(name);
    if (typeof callback !== "function") {
      throw new TimeError(`Cannot fake ${name}: the callback is not a function`);
    }
    const wait = Math.max(repeat ? 1 : 0, Math.floor(delay) || 0);
    const id = ++this.#lastId;
    this.#timers.set(id, {
      callback: callback as Timer["callback"],
      args,
      interval: repeat ? wait : undefined,
      due: this.#now + wait,
    });
    return id;
  }

  #fakes(): TimeFunctions {
    const now = () => current === this ? this.#now : RealDate.now();
    const adder = (name: string, repeat: boolean) =>
    (
      callback: unknown,
      delay = 0,
      ...args: unknown[]
    ) => this.#add(name, callback, delay, args, repeat);
    const remover = (name: string) => (id?: unknown) => {
      this.#checkCurrent(name);
      this.#timers.delete(id as number);
    };
    return {
      Date: new Proxy(RealDate, {
        construct: (target, args, newTarget) =>
          Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
        apply: () => new RealDate(now()).toString(),
        get: (target, property, receiver) =>
          property === "now" ? now : Reflect.get(target, property, receiver),
      }),
      setTimeout: adder("setTimeout", false) as unknown as typeof setTimeout,
      clearTimeout: remover("clearTimeout"),
      setInterval: adder("setInterval", true) as unknown as typeof setInterval,
      clearInterval: remover("clearInterval"),
      abortSignalTimeout: (delay) => {
        const controller = new AbortController();
        const expire = () =>
          controller.abort(new DOMException("Signal timed out.", "TimeoutError"));
        this.#add("AbortSignal.timeout", expire, delay, [], false);
        return controller.signal;
      },
    };
  }

  /** A fake that somebody kept must not fall silent when its time is over. */
  #checkCurrent(name: string): void {
    if (current !== this) throw new TimeError(`Cannot call the fake ${name}: time is not faked`);
  }
}
