import {
  Action,
  Decoder,
  HttpFilter,
  Value,
  counter,
  gauge,
  histogram,
  increment,
  make,
  monotonicNs,
  record,
  responseHeaders,
} from 'proxy-wasm';


@unmanaged
class Settings {
  calls: u32;
  failures: u32;
  inFlight: u32;
  durationUs: u32;
}

/** Counts calls, failures and calls in flight, and measures how long they take. All workers share the metrics. */
@filter
class Metrics extends HttpFilter<Settings> {
  began: u64;

  static configure(decoder: Decoder, value: Value | null): Settings {
    decoder.end(decoder.object(value));
    const settings = make<Settings>(decoder.arena);
    settings.calls = counter('calls');
    settings.failures = counter('calls_failed');
    settings.inFlight = gauge('calls_in_flight');
    settings.durationUs = histogram('call_duration_us');
    return settings;
  }

  onRequestHeaders(headers: u32, endOfStream: bool): Action {
    this.began = monotonicNs();
    increment(this.configuration.calls);
    increment(this.configuration.inFlight, 1);
    return Action.CONTINUE;
  }

  /** Runs at the end of every call, even if it was aborted. */
  onLog(): void {
    if (!this.began) return;
    const status = responseHeaders.first(':status');
    if (!status || status.byte(0) == 0x35) increment(this.configuration.failures);
    increment(this.configuration.inFlight, -1);
    record(this.configuration.durationUs, (monotonicNs() - this.began) / 1000);
  }
}
