import { Arena, JsonParser, Kind, Slice, Value, fromBase64Url, make } from 'proxy-wasm';

/** Reading one costs at most so much, before anything about it is proved. Header and claims are never longer than it. */
const TOKEN_BYTES_MAX = 16384;

/** So deep, with so many names and so many values in all may a token's header be, and its claims: more than any issuer writes. */
const DEPTH_MAX: i32 = 16;
const NAMES_MAX: i32 = 256;
const VALUES_MAX: i32 = 1024;

/** A JWS in compact form (RFC 7515 §7.1), taken apart. Nothing in it is proved. */
@unmanaged
export class Token {
  /** Header and claims as they were signed. */
  signed: Slice;
  signature: Slice;
  header: Value;
  payload: Slice;
  /** The payload, where it is a JSON object. */
  claims: Value;
}

/** Null for whatever is not three strict base64url texts, two of them JSON objects without any name twice. */
export function readToken(arena: Arena, text: Slice): Token | null {
  const token = readJws(arena, text);
  const claims = token ? objectIn(arena, token.payload) : null;
  if (!token || !claims) return null;
  token.claims = claims;
  return token;
}

/** The same, whatever was signed. */
export function readJws(arena: Arena, text: Slice): Token | null {
  if (text.length > TOKEN_BYTES_MAX) return null;
  const first = text.indexOf(0x2e);
  const second = first < 0 ? -1 : text.indexOf(0x2e, first + 1);
  if (second < 0) return null;
  const header = fromBase64Url(arena, text.part(arena, 0, first));
  const payload = fromBase64Url(arena, text.part(arena, first + 1, second));
  // A third dot is no digit of base64url.
  const signature = fromBase64Url(arena, text.part(arena, second + 1, text.length));
  if (!header || !payload || !signature) return null;
  const object = objectIn(arena, header);
  // Extensions that must be understood: none is.
  if (!object || object.member('crit') || object.member('b64')) return null;
  const token = make<Token>(arena);
  token.signed = text.part(arena, 0, second);
  token.signature = signature;
  token.header = object;
  token.payload = payload;
  return token;
}

function objectIn(arena: Arena, text: Slice): Value | null {
  const parser = JsonParser.parseWithin(arena, text.at, text.length, DEPTH_MAX, NAMES_MAX, VALUES_MAX);
  const root = parser.root;
  return !parser.mistake && root && root.kind == Kind.OBJECT ? root : null;
}
