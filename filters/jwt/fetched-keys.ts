import { Decoder, Kind, Level, List, Slice, Value, Writer, firstOf, log, nextOf, request } from 'proxy-wasm';
import { Key } from './key';
import { KEYS_MAX, decodeKey, isForSignatures } from './key-set';

/** So many keys that are passed over are told each with its reason, the others by their number: an issuer fills no log. */
const TOLD_MAX = 8;
/** A longer kid is not repeated in the log. */
const KID_BYTES_MAX = 64;

/**
 * The keys of a set that an issuer hands out, at `address`. One with which this filter cannot verify (of an unknown kind, too
 * short, malformed) spoils no other (RFC 7517 §5): it is passed over, and the log says so. A set without any key that is
 * left revokes those before.
 */
export function decodeFetchedKeys(decoder: Decoder, value: Value | null, address: Slice): List<Key> {
  const array = decoder.array(decoder.required(decoder.object(value), 'keys'));
  const keys = decoder.listOf<Key>(array);
  let found = 0;
  let passedOver = 0;
  for (let item = firstOf(array); item && !decoder.mistake; item = nextOf(item)) {
    const object = decoder.object(item);
    if (object) dropNulls(object);
    if (object && !isForSignatures(object)) continue;
    const key = object ? decodeKey(decoder, object, false) : null;
    if (found == KEYS_MAX) decoder.fail(item, 'is one key more than 64');
    const mistake = decoder.mistake;
    if (key && !mistake) keys.put(found++, key);
    if (mistake && passedOver++ < TOLD_MAX) tell(address, item, mistake);
    decoder.mistake = null;
  }
  keys.length = found;
  if (passedOver > TOLD_MAX) tellNumber(address, passedOver - TOLD_MAX);
  if (array && !found) log(Level.WARN, line(address).text('holds no key: all tokens of its issuer are refused').done());
  return keys;
}

/** A member that is null says as much as one that is left out. */
function dropNulls(object: Value): void {
  let last: Value | null = null;
  for (let member = object.first; member; member = member!.next) {
    if (member.kind != Kind.NULL) last = member;
    else if (last) last.next = member.next;
    else object.first = member.next;
  }
}

function tell(address: Slice, key: Value, mistake: Slice): void {
  const text = line(address).text('has a key that is passed over');
  const kid = key.kind == Kind.OBJECT ? key.member('kid') : null;
  if (kid && kid.kind == Kind.STRING && isPlain(kid.text)) text.text(', "').text(kid.text).byte(0x22);
  log(Level.WARN, text.text(': ').text(mistake).done());
}

function tellNumber(address: Slice, count: i32): void {
  log(Level.WARN, line(address).text('has ').decimal(count).text(' more keys that are passed over').done());
}

function line(address: Slice): Writer {
  return Writer.in(request).text('key set ').text(address).byte(0x20);
}

/** What the issuer chose stands in the log only where it cannot be taken for anything else. */
function isPlain(text: Slice): bool {
  for (let i = 0; i < text.length; i++) {
    const byte = text.byte(i);
    if (byte <= 0x20 || byte >= 0x7f || byte == 0x22) return false;
  }
  return text.length <= KID_BYTES_MAX;
}
