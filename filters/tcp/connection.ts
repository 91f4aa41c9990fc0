import { Headers, Slice, Stream, make, request } from 'proxy-wasm';
import { Call } from '../call/call';

/** A connection, as the steps see a call: there is nothing in it of a request. */
export function readConnection(stream: Stream): Call {
  const nothing: Slice = '';
  const call = make<Call>(request);
  call.stream = stream.id;
  call.root = stream.root;
  call.headers = make<Headers>(request);
  call.path = nothing;
  call.host = nothing;
  return call;
}
