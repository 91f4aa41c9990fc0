/** Begins the diagnostic of a suite's count, by which `npm run parity` knows it. */
export const PARITY_MARK = 'parity ';

/** What a suite hands over: how many cases came out the same, and by name, with the reason, which differ or were left out. */
export interface ParityReport {
  suite: string;
  /** `live`: played in both now. `recorded`: Envoy's part was recorded earlier. */
  envoy: 'live' | 'recorded';
  same: number;
  differing: Record<string, string>;
  skipped: Record<string, string>;
  /** Differences that nobody expected, each with what differs. */
  unexplained: Record<string, string>;
}

/**
 * Counts the cases in which a suite compares the simulator with Envoy, where they are compared. What a red test of
 * its own stands for need not be counted.
 */
export class ParityCount {
  readonly #report: ParityReport;
  readonly #names = new Set<string>();

  constructor(suite: string, envoy: ParityReport['envoy'] = 'live') {
    this.#report = { suite, envoy, same: 0, differing: {}, skipped: {}, unexplained: {} };
  }

  same(name: string): void {
    this.#fresh(name);
    this.#report.same++;
  }

  /** A difference that is known, and still there. */
  differs(name: string, reason: string): void {
    this.#report.differing[this.#fresh(name)] = reason;
  }

  skipped(name: string, reason: string): void {
    this.#report.skipped[this.#fresh(name)] = reason;
  }

  /** For a suite of many cases in one test, which must be red then; a case with a test of its own need only be red. */
  unexplained(name: string, difference: string): void {
    this.#report.unexplained[this.#fresh(name)] = difference;
  }

  /** To be called once, when all cases have been played. */
  tell(context: { diagnostic(message: string): void }): void {
    context.diagnostic(`${PARITY_MARK}${JSON.stringify(this.#report)}`);
  }

  /** A case that counts twice would make the sum a lie. */
  #fresh(name: string): string {
    if (this.#names.has(name)) throw new Error(`${this.#report.suite}: two cases have the name ${name}`);
    this.#names.add(name);
    return name;
  }
}
