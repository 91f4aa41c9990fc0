import {
  Address,
  Headers,
  Slice,
  Stream,
  Writer,
  make,
  monotonicNs,
  request,
  requestHeaders,
  sliceOf,
} from 'proxy-wasm';
import { callerAddress } from './caller-address';
import { peerPrincipal } from './principal';
import { Query } from './query';
import { Target } from './target';

/** A request on its way through the steps: what is known about it, and what the steps found out. */
@unmanaged
export class Call {
  stream: u32;
  /** The plugin's root context. */
  root: u32;
  /** So many proxies in front of this one are believed. */
  trustedHops: i32;
  /** Whose call it is to be; null while nothing governs it. */
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
    if (!identity) return consumer.equals('anonymous');
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
      this.addressRead = callerAddress(this.headers, this.trustedHops);
    }
    return this.addressRead;
  }
}

/** Null when there are no headers: the request must be refused. */
export function readCall(stream: Stream, trustedHops: i32): Call | null {
  const headers = requestHeaders.all();
  if (!headers) return null;
  const call = make<Call>(request);
  call.stream = stream.id;
  call.root = stream.root;
  call.trustedHops = trustedHops;
  call.headers = headers;
  const path = orEmpty(headers.first(':path'));
  const mark = path.indexOf(0x3f);
  call.path = mark < 0 ? path : path.part(request, 0, mark);
  call.queryText = mark < 0 ? null : path.part(request, mark + 1, path.length);
  return call;
}

function orEmpty(slice: Slice | null): Slice {
  return slice ? slice : sliceOf(request, 0, 0);
}
