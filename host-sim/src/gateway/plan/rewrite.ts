import type { Fields } from './fields.js';
import { readExpression } from './match.js';
import type { PathRewrite } from './plan.js';

/** `prefix_rewrite` or `regex_rewrite`; `matched` is what the prefix takes the place of, undefined for the whole path. */
export function readRewrite(fields: Fields, matched: string | undefined): PathRewrite | undefined {
  const prefix = fields.bytes('prefix_rewrite');
  const regex = fields.has('regex_rewrite') ? readRegexRewrite(fields.message('regex_rewrite')) : undefined;
  if (prefix === '') return regex;
  if (regex) fields.problem('cannot stand beside prefix_rewrite', 'regex_rewrite');
  if (matched === undefined) return ofBarePath(() => prefix);
  return (path) => prefix + path.slice(matched.length);
}

/** Envoy: each place where the expression fits, but for an empty one right behind another. */
function readRegexRewrite(fields: Fields): PathRewrite | undefined {
  const regex = readExpression(fields.message('pattern'), (source) => source, 'g');
  const substitution = readSubstitution(fields);
  fields.done();
  if (!regex) return undefined;
  return ofBarePath((path) => {
    let rewritten = '';
    let at = 0;
    for (const match of path.matchAll(regex)) {
      if (match[0] === '' && match.index === at && at > 0) continue;
      rewritten += path.slice(at, match.index) + substitution(match);
      at = match.index + match[0].length;
    }
    return rewritten + path.slice(at);
  });
}

/** `\0` to `\9` are what the expression and its groups matched, `\\` is the sign itself. */
function readSubstitution(fields: Fields): (match: readonly (string | undefined)[]) => string {
  const written = fields.bytes('substitution');
  if (!/^(?:[^\\]|\\[\d\\])*$/.test(written))
    fields.problem('may have a backslash only before a digit or another backslash', 'substitution');
  return (match) =>
    written.replace(/\\([\d\\])/g, (_, sign: string) => (sign === '\\' ? sign : (match[Number(sign)] ?? '')));
}

/** The query stays as it is. Envoy: where no path would be left, all of it does. */
function ofBarePath(rewrite: (bare: string) => string): PathRewrite {
  return (path) => {
    const [bare = ''] = path.split(/[?#]/, 1);
    const rewritten = rewrite(bare);
    return rewritten === '' ? undefined : rewritten + path.slice(bare.length);
  };
}
