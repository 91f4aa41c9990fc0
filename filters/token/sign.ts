import {
  Slice,
  Writer,
  fillRandom,
  request,
  requestHeaders,
  sliceOf,
  toHex,
  wallMs,
  writeDay,
  writeSecond,
} from 'proxy-wasm';
import { tokenDigest } from './digest';
import { System, TokenPolicy } from './policy';

const NONCE_BYTES: i32 = 16;

/** Puts the proxy's token on the request. */
export function sign(policy: TokenPolicy): void {
  const system = policy.signer;
  if (!system) return;
  const date = today(policy.seconds);
  const nonce = policy.nonce ? randomNonce() : null;
  const digest = digestOf(policy, system, date, nonce);
  const header = policy.header;
  if (header) {
    const token = Writer.in(request).text(system.id).byte(0x2e).text(date).byte(0x2e);
    if (nonce) token.text(nonce).byte(0x2e);
    return requestHeaders.add(header, token.text(digest).done());
  }
  requestHeaders.add(policy.systemHeader, system.id);
  requestHeaders.add(policy.dateHeader, date);
  if (nonce) requestHeaders.add(policy.nonceHeader!, nonce);
  requestHeaders.add(policy.digestHeader, digest);
}

/** Without a nonce a token is the same until its date changes. */
function digestOf(policy: TokenPolicy, system: System, date: Slice, nonce: Slice | null): Slice {
  if (!nonce && policy.signedDate.equals(date)) return policy.signedDigest;
  const digest = tokenDigest(request, system.id, date, nonce, system.secrets.at(0), policy.md5);
  if (!nonce) {
    keep(policy.signedDate, date);
    keep(policy.signedDigest, digest);
  }
  return digest;
}

/** `to` has room for any date or digest. */
function keep(to: Slice, from: Slice): void {
  memory.copy(to.at, from.at, from.length);
  to.length = from.length;
}

/** 128 bits, so that no two proxies ever choose the same. */
function randomNonce(): Slice {
  const at = request.take(3 * NONCE_BYTES);
  fillRandom(at, NONCE_BYTES);
  toHex(at, NONCE_BYTES, at + NONCE_BYTES);
  return sliceOf(request, at + NONCE_BYTES, 2 * NONCE_BYTES);
}

function today(seconds: bool): Slice {
  const length = seconds ? 16 : 8;
  const at = request.take(length);
  if (seconds) writeSecond(at, wallMs());
  else writeDay(at, wallMs());
  return sliceOf(request, at, length);
}
