export const MetricType = { Counter: 0, Gauge: 1, Histogram: 2 } as const;

export interface Metric {
  type: number;
  name: string;
  value: bigint;
  /** What a histogram recorded, in order. */
  samples: bigint[];
}

/** The metrics of the whole process: the same name and type is the same metric in every VM. */
export class MetricStore {
  readonly #metrics = new Map<string, Metric>();

  open(type: number, name: string): Metric {
    const key = `${type} ${name}`;
    let metric = this.#metrics.get(key);
    if (!metric) {
      metric = { type, name, value: 0n, samples: [] };
      this.#metrics.set(key, metric);
    }
    return metric;
  }

  /** A counter's or gauge's value by name; 0 when nobody defined it. */
  value(name: string): number {
    const metric =
      this.#metrics.get(`${MetricType.Counter} ${name}`) ?? this.#metrics.get(`${MetricType.Gauge} ${name}`);
    return Number(metric?.value ?? 0n);
  }

  all(): Metric[] {
    return [...this.#metrics.values()];
  }
}

/** One VM's ids. Envoy: 4n + type, counted per type from n = 1 (gauges and histograms from 5 and 6); defining again gives a new id. */
export class MetricIds {
  readonly #next = [0, 1, 2];
  readonly #byId = new Map<number, Metric>();

  constructor(private readonly store: MetricStore) {}

  define(type: number, name: string): number {
    const id = (this.#next[type] ?? type) + 4;
    this.#next[type] = id;
    this.#byId.set(id, this.store.open(type, name));
    return id;
  }

  byId(id: number): Metric | undefined {
    return this.#byId.get(id);
  }
}
