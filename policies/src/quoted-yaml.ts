import { Document, visit } from 'yaml';

/**
 * YAML that every reader takes for the same. Envoy reads version 1.1, where a plain `on`, `n`, `1e3` or `12:30:45` is no text,
 * and takes for a number what C++ does (`inf`, `0x1f`); so a text stays plain only where it cannot be anything else.
 */
export function quotedYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && !isPlain(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString();
}

/** What begins with a letter or a slash is text, but for these words. */
function isPlain(text: string): boolean {
  return /^[A-Za-z/]/.test(text) && !/^(y|n|yes|no|on|off|true|false|null|inf|infinity|nan)$/i.test(text);
}
