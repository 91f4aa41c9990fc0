/** Begins the diagnostic of a suite's count, by which `npm run parity` knows it. */
export const PARITY_MARK = 'parity ';

/** What a suite hands over: cases by name that came out the same, those that differ or were left out each with the reason. */
export interface ParityReport {
  suite: string;
  /** `live`: played in both now. `recorded`: Envoy's part was recorded earlier. */
  envoy: 'live' | 'recorded';
  same: string[];
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

  constructor(suite: string, envoy: ParityReport['envoy'] = 'live') {
    this.#report = { suite, envoy, same: [], differing: {}, skipped: {}, unexplained: {} };
  }

  same(name: string): void {
    this.#report.same.push(this.#fresh(name));
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
    const { suite, same, differing, skipped, unexplained } = this.#report;
    if (same.includes(name) || name in differing || name in skipped || name in unexplained)
      throw new Error(`${suite}: two cases have the name ${name}`);
    return name;
  }
}
