import { Headers, Slice, isDigit, property } from 'proxy-wasm';
import { isGrpc } from '../verdict/answer';
import { Failures } from './policy';

export enum Outcome {
  SUCCEEDED,
  FAILED,
  /** It will be in the trailers. */
  LATER,
  /** A filter's answer: it says nothing about the upstream. */
  NONE,
}

/*
 * Envoy: bits of `response.flags`, where the proxy answered because the upstream did not: no healthy host (UH), timeout
 * (UT), reset (UR), connection refused (UF), connection cut (UC), not HTTP (UPE).
 */
const NO_ANSWER: u64 = 0x2 | 0x4 | 0x10 | 0x20 | 0x40 | 0x800000;
/** The client went away, with its connection (DC) or its HTTP/2 stream (DR). */
const CLIENT_GONE: u64 = 0x4000 | 0x10000000;
const GRPC_UNAVAILABLE: u32 = 14;
const NO_NUMBER: u32 = 0xffffffff;

/** By the head of the answer. */
export function outcomeOf(failures: Failures, answer: Headers): Outcome {
  const status = number(answer.first(':status'));
  const grpc = answer.first('grpc-status');
  const code = grpc ? number(grpc) : 0;
  let failed = failures.hasStatus(status) || (grpc != null && failures.hasGrpc(code));
  // Only an answer that may be the proxy's own is worth a look at its flags.
  if (!failed && failures.resets && (status >= 500 || code)) failed = (flags() & NO_ANSWER) != 0;
  if (failed) return ofFilter() ? Outcome.NONE : Outcome.FAILED;
  return failures.grpc && !grpc && isGrpc(answer) ? Outcome.LATER : Outcome.SUCCEEDED;
}

/** Of an answer whose trailers are through, by what the host says at the end of the stream. */
export function outcomeAtEnd(failures: Failures): Outcome {
  const seen = flags();
  // Envoy: without trailers the property is worked out from the HTTP status, which would say "unknown" of any.
  if (seen & CLIENT_GONE) return Outcome.NONE;
  if (seen & NO_ANSWER) return failures.resets || failures.hasGrpc(GRPC_UNAVAILABLE) ? Outcome.FAILED : Outcome.NONE;
  return failures.hasGrpc(<u32>integer(property('response\0grpc_status'))) ? Outcome.FAILED : Outcome.SUCCEEDED;
}

/** Whether the upstream, not the client, is why a stream ended without an answer. */
export function upstreamWasLost(failures: Failures): bool {
  return failures.resets && (flags() & NO_ANSWER) != 0;
}

/** Whether an answer to a request that is not complete is the upstream's, or the proxy's word that it gives none. */
export function isOfUpstream(): bool {
  const details = property('response\0code_details');
  return (details != null && details.equals('via_upstream')) || (flags() & NO_ANSWER) != 0;
}

/** Refusals of our filters, and of one that trapped. */
function ofFilter(): bool {
  const details = property('response\0code_details');
  return details != null && (details.startsWith('tollgate_') || details.startsWith('wasm_'));
}

function flags(): u64 {
  return integer(property('response\0flags'));
}

function integer(value: Slice | null): u64 {
  return value && value.length == 8 ? load<u64>(value.at) : 0;
}

function number(text: Slice | null): u32 {
  if (!text || !text.length || text.length > 4) return NO_NUMBER;
  let value: u32 = 0;
  for (let i = 0; i < text.length; i++) {
    if (!isDigit(text.byte(i))) return NO_NUMBER;
    value = value * 10 + (text.byte(i) - 0x30);
  }
  return value;
}
