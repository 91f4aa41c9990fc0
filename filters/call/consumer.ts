import { Arena, Slice, Writer } from 'proxy-wasm';
import { isSpiffeId } from './principal';

const SLASH: u32 = 0x2f;
const JWT_BYTES: i32 = 4;

/**
 * Who a JWT's subject is: `jwt:<provider>/<subject>`. No system's id and no service's name has a colon, and no provider's
 * name a slash, so neither another kind of consumer nor another provider's subject can be the same text.
 */
export function subjectOf(arena: Arena, provider: Slice, subject: Slice): Slice {
  const name = Writer.in(arena, JWT_BYTES + provider.length + 1 + subject.length).text('jwt:');
  return name.text(provider).byte(SLASH).text(subject).done();
}

/** `jwt:<subject>`, which names it whoever the provider is; null where the subject has a slash, as that would name a provider. */
export function subjectOfAny(arena: Arena, subject: Slice): Slice | null {
  if (subject.indexOf(SLASH) >= 0) return null;
  return Writer.in(arena, JWT_BYTES + subject.length)
    .text('jwt:')
    .text(subject)
    .done();
}

/** What a rule may name: a system, a service, a JWT's subject (of any provider or of one), the peer's certificate. */
export function isConsumer(text: Slice): bool {
  if (!text.startsWith('jwt:')) return text.indexOf(0x3a) < 0 || isSpiffeId(text);
  const slash = text.indexOf(SLASH);
  return slash < 0 ? text.length > JWT_BYTES : slash > JWT_BYTES && slash + 1 < text.length;
}
