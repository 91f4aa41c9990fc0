import {
  Action,
  Decoder,
  Level,
  Slice,
  TcpFilter,
  Value,
  Writer,
  closeDownstream,
  downstreamData,
  log,
  logs,
  make,
  request,
} from 'proxy-wasm';


@unmanaged
class Settings {
  greeting: Slice;
}

/** Lets a connection through to the upstream only if it begins with the greeting, which is removed. */
@filter
class Greeting extends TcpFilter<Settings> {
  greeted: bool;
  sent: u64;
  received: u64;

  static configure(decoder: Decoder, value: Value | null): Settings {
    const settings = make<Settings>(decoder.arena);
    const object = decoder.object(value);
    settings.greeting = decoder.name(decoder.required(object, 'greeting'));
    decoder.end(object);
    return settings;
  }

  onNewConnection(): Action {
    return Action.CONTINUE;
  }

  onDownstreamData(size: u32, endOfStream: bool): Action {
    if (!this.greeted && !this.greets(size, endOfStream)) return Action.PAUSE;
    this.sent += downstreamData.length;
    return Action.CONTINUE;
  }

  onUpstreamData(size: u32, endOfStream: bool): Action {
    this.received += size;
    return Action.CONTINUE;
  }

  onLog(): void {
    if (!logs(Level.INFO)) return;
    const line = Writer.in(request).text(this.greeted ? 'greeted' : 'refused');
    log(Level.INFO, line.text(', sent ').decimal(this.sent).text(', received ').decimal(this.received).done());
  }

  /** Removes the greeting; false while it is incomplete, and if the connection is refused. */
  private greets(size: u32, endOfStream: bool): bool {
    const greeting = this.configuration.greeting;
    const data = downstreamData.all(64 * 1024);
    const known = data ? min(data.length, greeting.length) : 0;
    if (!data || memory.compare(data.at, greeting.at, known) != 0 || (endOfStream && known < greeting.length)) {
      closeDownstream();
      return false;
    }
    if (known < greeting.length) return false;
    this.greeted = true;
    downstreamData.replace(data.part(request, known, data.length));
    return true;
  }
}
