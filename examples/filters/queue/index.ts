import { Level, log } from 'proxy-wasm/assembly/hostcalls/log';
import { count, counter } from 'proxy-wasm/assembly/hostcalls/metric';
import { requestHeaders } from 'proxy-wasm/assembly/http/header-map';
import { Decoder } from 'proxy-wasm/assembly/json/decoder';
import { Value } from 'proxy-wasm/assembly/json/value';
import { HttpFilter } from 'proxy-wasm/assembly/lifecycle/filter';
import { Root } from 'proxy-wasm/assembly/lifecycle/root';
import { make } from 'proxy-wasm/assembly/memory/arena';
import { request } from 'proxy-wasm/assembly/memory/request';
import { Writer } from 'proxy-wasm/assembly/bytes/writer';
import { Action, Status } from 'proxy-wasm/assembly/abi/status';
import { dequeue, enqueue, registerQueue } from 'proxy-wasm/assembly/queues/queue';

/** Items that one call of `onQueueReady` takes at most. */
const BATCH_MAX: i32 = 64;


@unmanaged
class Settings {
  queue: u32;
  lost: u32;
}

/**
 * Every worker puts a line for each request into one queue, and the one that registered last takes them out and logs them:
 * what is dear is done once, behind the requests.
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
    const path = requestHeaders.get(':path');
    const method = requestHeaders.get(':method');
    if (!path || !method) return Action.CONTINUE;
    const item = Writer.in(request).slice(method).byte(0x20).slice(path).done();
    if (enqueue(this.configuration.queue, item) != Status.OK) count(this.configuration.lost);
    return Action.CONTINUE;
  }

  static onQueueReady(root: Root<Settings>, queue: u32): void {
    for (let i = 0; i < BATCH_MAX; i++) {
      const item = dequeue(queue);
      if (!item) return;
      log(Level.INFO, Writer.in(request).text('called: ').slice(item).done());
    }
  }
}
