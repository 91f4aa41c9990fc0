import { HeaderMapType } from 'proxy-wasm/assembly/abi/status';
import { Stream } from 'proxy-wasm/assembly/lifecycle/stream';
import { monotonicNs } from 'proxy-wasm/assembly/hostcalls/clock';
import { property } from 'proxy-wasm/assembly/hostcalls/property';
import { Headers } from 'proxy-wasm/assembly/http/headers';
import { make } from 'proxy-wasm/assembly/memory/arena';
import { request } from 'proxy-wasm/assembly/memory/request';
import { Address } from 'proxy-wasm/assembly/net/address';
import { Slice, sliceOf } from 'proxy-wasm/assembly/bytes/slice';
import { Writer } from 'proxy-wasm/assembly/bytes/writer';
import { Configuration, Target } from '../configuration/configuration';
import { callerAddress } from './caller-address';
import { peerPrincipal } from './principal';
import { Query } from './query';

/** A request on its way through the steps: what is known about it, and what the steps found out. */
@unmanaged
export class Call {
  stream: u32;
  /** The plugin's root context. */
  root: u32;
  configuration: Configuration;
  /** What governs it; null where nothing does. */
  target: Target | null;
  headers: Headers;
  /** Without the query; as the rules of the target compare it once the path step is through. */
  path: Slice;
  /** As `hostName` makes it; the path step reads it, and refuses a call that names none. */
  host: Slice;
  /** What stands behind the `?`; null without one. */
  queryText: Slice | null;
  /** The consumer whom a credential proved, on the consumer side the calling service; null while nobody did. */
  consumer: Slice | null;
  /** Where that is a JWT's subject: as rules write it that mean any provider; null where none can. */
  subject: Slice | null;
  private clockRead: u64;
  private principalKnown: bool;
  private principalRead: Slice | null;
  private methodRead: Slice | null;
  private queryRead: Query | null;
  private keyWritten: Writer | null;
  private addressKnown: bool;
  private addressRead: Address | null;

  /** By the monotonic clock, ns; the same for all steps. */
  get now(): u64 {
    let now = this.clockRead;
    if (!now) this.clockRead = now = monotonicNs();
    return now;
  }

  /** Whom rules and limits know: the proved consumer, else who the peer's certificate says it is; null is `anonymous`. */
  get identity(): Slice | null {
    const consumer = this.consumer;
    if (consumer) return consumer;
    if (!this.principalKnown) {
      this.principalKnown = true;
      this.principalRead = peerPrincipal();
    }
    return this.principalRead;
  }

  /** Whether a rule that names this consumer means the caller. */
  isFrom(consumer: Slice): bool {
    const identity = this.identity;
    if (!identity) return consumer.is('anonymous');
    const subject = this.subject;
    return consumer.equals(identity) || (subject != null && consumer.equals(subject));
  }

  get method(): Slice {
    let method = this.methodRead;
    if (!method) this.methodRead = method = orEmpty(this.headers.first(':method'));
    return method;
  }

  /** The parameters of `queryText`, read when they are first asked for. */
  get query(): Query | null {
    const text = this.queryText;
    if (!text) return null;
    let query = this.queryRead;
    if (!query || query.text !== text) this.queryRead = query = Query.of(request, text);
    return query;
  }

  /** Where limits write their keys, one after the other: a key may be as long as the request. */
  get keyWriter(): Writer {
    let writer = this.keyWritten;
    if (!writer) this.keyWritten = writer = Writer.in(request, 128);
    return writer;
  }

  /** Where the call comes from; null where that cannot be told. Read when first asked for: it is a host call. */
  get address(): Address | null {
    if (!this.addressKnown) {
      this.addressKnown = true;
      this.addressRead = callerAddress(this.headers, this.configuration.trustedHops);
    }
    return this.addressRead;
  }
}

/** Null when there are no headers: the request must be refused. */
export function openCall(stream: Stream, configuration: Configuration): Call | null {
  const headers = Headers.read(HeaderMapType.REQUEST_HEADERS);
  if (!headers) return null;
  const call = make<Call>(request);
  call.stream = stream.id;
  call.root = stream.root;
  call.configuration = configuration;
  call.headers = headers;
  call.target = targetOf(call.configuration);
  const path = orEmpty(headers.first(':path'));
  const mark = path.indexOf(0x3f);
  call.path = mark < 0 ? path : path.part(request, 0, mark);
  call.queryText = mark < 0 ? null : path.part(request, mark + 1, path.length);
  // On the consumer side the caller is this node's own service; on the provider side it is nobody until proved.
  call.consumer = call.configuration.provider ? null : call.configuration.service;
  return call;
}

/** On the provider side the one target; on the consumer side the service to which this request is routed. */
function targetOf(configuration: Configuration): Target | null {
  const targets = configuration.targets;
  if (configuration.provider) return targets.at(0);
  const service = property('xds\0virtual_host_name');
  if (!service) return null;
  for (let i = 0; i < targets.length; i++) {
    if (targets.at(i).service.equals(service)) return targets.at(i);
  }
  return null;
}

function orEmpty(slice: Slice | null): Slice {
  return slice ? slice : sliceOf(request, 0, 0);
}
