import {
  Action,
  Decoder,
  HttpFilter,
  Level,
  Root,
  Status,
  Value,
  Writer,
  counter,
  dequeue,
  enqueue,
  increment,
  log,
  make,
  registerQueue,
  request,
  requestHeaders,
} from 'proxy-wasm';

/** The most items that one call of `onQueueReady` takes. */
const BATCH_MAX: i32 = 64;


@unmanaged
class Settings {
  queue: u32;
  lost: u32;
}

/**
 * Every worker puts a line for each request into one queue, and the worker that registered last takes the lines out and
 * logs them: expensive work is done in one place, outside of the requests.
 */
@filter
class Queue extends HttpFilter<Settings> {
  static configure(decoder: Decoder, value: Value | null): Settings {
    decoder.end(decoder.object(value));
    const settings = make<Settings>(decoder.arena);
    settings.queue = registerQueue('calls');
    settings.lost = counter('calls_lost');
    return settings;
  }

  onRequestHeaders(headers: u32, endOfStream: bool): Action {
    const path = requestHeaders.first(':path');
    const method = requestHeaders.first(':method');
    if (!path || !method) return Action.CONTINUE;
    const item = Writer.in(request).text(method).byte(0x20).text(path).done();
    if (enqueue(this.configuration.queue, item) != Status.OK) increment(this.configuration.lost);
    return Action.CONTINUE;
  }

  static onQueueReady(root: Root<Settings>, queue: u32): void {
    for (let i = 0; i < BATCH_MAX; i++) {
      const item = dequeue(queue);
      if (!item) return;
      log(Level.INFO, Writer.in(request).text('called: ').text(item).done());
    }
  }
}
