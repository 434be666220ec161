/**
 * Which faults were in force when.
 *
 * @module
 */

/** What a fault does to the promises of the client. */
export interface FaultNature {
  /** Whether requests with a usual timeout must succeed all the same. */
  readonly gentle?: boolean;
  /** Whether the servers may roll back what they have acknowledged. */
  readonly lossy?: boolean;
  /** Whether requests may be held back on their way to a server, which executes them later. */
  readonly delaying?: boolean;
  /** Whether keys get another owner. */
  readonly moving?: boolean;
}

/** A fault that was injected. */
export interface LoggedFault extends FaultNature {
  /** Its kind. */
  readonly kind: string;
  /** Whom it befell: the name of a target, or `process` for all of them. */
  readonly target: string;
  /** When it began, as `performance.now()` counts. */
  readonly start: number;
  /** When all was well again on the side of the servers; `null` while it lasts. */
  end: number | null;
}

/** For how long after its end a fault may still show, in milliseconds: the client needs to find out and to reconnect. */
const AFTERMATH = 5000;

/** Remembers all faults. */
export class FaultLog {
  /** All faults, in the order in which they began. */
  readonly faults: LoggedFault[] = [];

  /**
   * Notes that a fault begins.
   *
   * @param kind Its kind.
   * @param target Whom it befalls.
   * @param nature What it does.
   * @param start When it began. By default now.
   */
  begin(
    kind: string,
    target: string,
    nature: FaultNature,
    start: number = performance.now(),
  ): LoggedFault {
    const fault: LoggedFault = { ...nature, kind, target, start, end: null };
    this.faults.push(fault);
    return fault;
  }

  /**
   * Lists the faults that may have been felt in a stretch of time.
   *
   * @param target Who felt them.
   * @param from Begin of the stretch.
   * @param to End of the stretch.
   */
  during(target: string, from: number, to: number): LoggedFault[] {
    return this.faults.filter((fault) =>
      (fault.target === target || fault.target === "process") &&
      fault.start <= to && (fault.end === null || fault.end + AFTERMATH >= from)
    );
  }

  /**
   * Tells whether acknowledged writes may have been lost by the servers in a stretch of time.
   *
   * @param target Whose.
   * @param from Begin of the stretch.
   * @param to End of the stretch.
   */
  lossy(target: string, from: number, to: number): boolean {
    return this.during(target, from, to).some((fault) => fault.lossy);
  }

  /**
   * Tells whether calls that were not awaited may have been executed in another order: some were held back while later
   * ones went to a new owner of their keys.
   *
   * @param target Whose.
   * @param from Begin of the stretch.
   * @param to End of the stretch.
   */
  scrambling(target: string, from: number, to: number): boolean {
    const faults = this.during(target, from, to);
    return faults.some(({ delaying }) => delaying) && faults.some(({ moving }) => moving);
  }
}
