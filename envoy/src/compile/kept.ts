/** More variants of one thing are not remembered: the oldest gives way. */
const variantsMax = 8;

interface Variant<Made> {
  parts: readonly object[];
  made: Made;
}

/**
 * What was made for somebody of something, as long as both live: what did not change is not made again. Not a chain of weak
 * maps for all that it was made of: tens of thousands of these cost the garbage collector more than they save.
 */
export class Kept<Made> {
  private readonly byOwner = new WeakMap<object, WeakMap<object, Variant<Made>[]>>();

  /** `make` must look at nothing that changes but `owner`, `subject` and the parts, by which variants are told apart. */
  of(owner: object, subject: object, parts: readonly object[], make: () => Made): Made {
    let bySubject = this.byOwner.get(owner);
    if (!bySubject) {
      bySubject = new WeakMap();
      this.byOwner.set(owner, bySubject);
    }
    const variants = bySubject.get(subject);
    if (!variants) {
      const made = make();
      bySubject.set(subject, [{ parts, made }]);
      return made;
    }
    for (const variant of variants) if (same(variant.parts, parts)) return variant.made;
    const made = make();
    variants.unshift({ parts, made });
    if (variants.length > variantsMax) variants.pop();
    return made;
  }
}

function same(a: readonly object[], b: readonly object[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
