import { Action } from 'proxy-wasm/assembly/abi/status';
import { monotonicNs } from 'proxy-wasm/assembly/hostcalls/clock';
import { count, counter, gauge, histogram, increment, record } from 'proxy-wasm/assembly/hostcalls/metric';
import { responseHeaders } from 'proxy-wasm/assembly/http/header-map';
import { Decoder } from 'proxy-wasm/assembly/json/decoder';
import { Value } from 'proxy-wasm/assembly/json/value';
import { HttpFilter } from 'proxy-wasm/assembly/lifecycle/filter';
import { make } from 'proxy-wasm/assembly/memory/arena';


@unmanaged
class Settings {
  calls: u32;
  failures: u32;
  inFlight: u32;
  durationUs: u32;
}

/** Counts calls and failures, those on their way, and how long they took. All workers count into the same metrics. */
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
    count(this.configuration.calls);
    increment(this.configuration.inFlight, 1);
    return Action.CONTINUE;
  }

  /** Comes at the end of every call, also of one that was cut. */
  onLog(): void {
    if (!this.began) return;
    const status = responseHeaders.get(':status');
    if (!status || status.byte(0) == 0x35) count(this.configuration.failures);
    increment(this.configuration.inFlight, -1);
    record(this.configuration.durationUs, (monotonicNs() - this.began) / 1000);
  }
}
