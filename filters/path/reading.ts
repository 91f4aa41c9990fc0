import {
  Arena,
  Decoder,
  Slice,
  Value,
  Writer,
  canonicalPath,
  canonicalPrefix,
  canonicalSuffix,
  make,
} from 'proxy-wasm';
import { Comparison, Condition } from '../rule/condition';

/** How the application behind the proxy reads paths: what it takes for one path, rules and limits do too. */
@unmanaged
export class PathReading {
  private caseIgnored: bool;
  private slashIgnored: bool;

  /** `paths` of a target; absent, each byte counts. */
  static decode(decoder: Decoder, object: Value | null): PathReading {
    const reading = make<PathReading>(decoder.arena);
    if (!object) return reading;
    const fields = decoder.object(object);
    const caseSensitive = decoder.optional(fields, 'caseSensitive');
    reading.caseIgnored = caseSensitive != null && !decoder.flag(caseSensitive);
    const slash = decoder.optional(fields, 'trailingSlash');
    const text = decoder.text(slash);
    reading.slashIgnored = text.equals('ignored');
    if (slash && !text.equals('ignored') && !text.equals('exact')) decoder.fail(slash, 'must be "exact" or "ignored"');
    decoder.end(fields);
    return reading;
  }

  /**
   * A canonical path, or the end of one, as it is compared. Where a slash at the end says nothing, every path has one: so
   * whatever begins with `/admin/` holds for `/admin` too.
   */
  read(arena: Arena, path: Slice): Slice {
    const folded = this.fold(arena, path);
    if (!this.slashIgnored || path.byte(path.length - 1) == 0x2f) return folded;
    return Writer.in(arena, folded.length + 1)
      .text(folded)
      .byte(0x2f)
      .done();
  }

  /** Brings what a rule asks of the path into the form in which the path is compared; false where it has none. */
  take(arena: Arena, condition: Condition): bool {
    const written = condition.text;
    // Every path begins and ends with nothing.
    if (!written.length) return condition.comparison != Comparison.EXACT;
    if (condition.comparison == Comparison.PREFIX) {
      const prefix = canonicalPrefix(arena, written);
      if (prefix) condition.text = this.fold(arena, prefix);
      return prefix != null;
    }
    const suffix = condition.comparison == Comparison.SUFFIX;
    const form = suffix ? canonicalSuffix(arena, written) : canonicalPath(arena, written);
    if (form) condition.text = this.read(arena, form);
    return form != null;
  }

  private fold(arena: Arena, path: Slice): Slice {
    return this.caseIgnored ? path.lowerCase(arena) : path;
  }
}
