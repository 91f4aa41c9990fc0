import { lower } from '../../bytes.js';
import type { Fields } from './fields.js';
import type { HeaderMatch, RouteMatch, TextMatch } from './plan.js';

const PATH_KINDS = ['prefix', 'path', 'safe_regex', 'path_separated_prefix'] as const;
const STRING_KINDS = ['exact', 'prefix', 'suffix', 'contains', 'safe_regex'] as const;

/** The conditions of a route. */
export function readMatch(match: Fields): RouteMatch {
  const plan: RouteMatch = {
    path: readPath(match),
    grpc: match.has('grpc'),
    headers: match.messages('headers').map(readHeader),
    query: match.messages('query_parameters').map(readQuery),
  };
  match.message('grpc').done();
  match.done();
  return plan;
}

/** Envoy: a prefix is looked for in the whole path, the others in what stands before the query. */
function readPath(match: Fields): TextMatch {
  const kind = PATH_KINDS.find((name) => match.has(name));
  const fold = match.flag('case_sensitive', true) ? (text: string) => text : lower;
  if (kind === undefined) {
    match.problem(`must have one of ${PATH_KINDS.join(', ')}; no other is supported by the gateway`);
    return () => false;
  }
  if (kind === 'safe_regex') {
    const whole = readRegex(match.message(kind));
    return (path) => whole(withoutQuery(path));
  }
  const wanted = fold(match.bytes(kind));
  if (kind === 'prefix') return (path) => fold(path).startsWith(wanted);
  if (kind === 'path') return (path) => fold(withoutQuery(path)) === wanted;
  if (wanted.endsWith('/') || !wanted.startsWith('/'))
    match.problem('must begin with "/" and not end with it', 'path_separated_prefix');
  return (path) => {
    const bare = fold(withoutQuery(path));
    return bare === wanted || bare.startsWith(`${wanted}/`);
  };
}

const withoutQuery = (path: string): string => path.split(/[?#]/, 1)[0] as string;

export function readHeader(fields: Fields): HeaderMatch {
  const name = lower(fields.text('name'));
  const invert = fields.flag('invert_match');
  const missingAsEmpty = fields.flag('treat_missing_header_as_empty');
  let condition: { present?: boolean; value?: TextMatch } = { present: true };
  if (fields.has('string_match')) condition = { value: readString(fields.message('string_match')) };
  else if (fields.has('range_match')) {
    const range = fields.message('range_match');
    const [start, end] = [range.number('start', 0), range.number('end', 0)];
    range.done();
    condition = { value: (text) => /^[+-]?\d+$/.test(text) && Number(text) >= start && Number(text) < end };
  } else condition = { present: fields.flag('present_match', true) };
  fields.done();
  return { name, ...condition, invert, missingAsEmpty };
}

function readQuery(fields: Fields): RouteMatch['query'][number] {
  const name = fields.bytes('name');
  const condition = fields.has('string_match')
    ? { value: readString(fields.message('string_match')) }
    : { present: fields.flag('present_match', true) };
  fields.done();
  return { name, ...condition };
}

export function readString(fields: Fields): TextMatch {
  const kind = STRING_KINDS.find((name) => fields.has(name));
  const fold = fields.flag('ignore_case') ? lower : (text: string) => text;
  let matches: TextMatch = () => false;
  if (kind === undefined) fields.problem(`must have one of ${STRING_KINDS.join(', ')}`);
  else if (kind === 'safe_regex') matches = readRegex(fields.message(kind));
  else {
    const wanted = fold(fields.bytes(kind));
    if (kind === 'exact') matches = (text) => fold(text) === wanted;
    if (kind === 'prefix') matches = (text) => fold(text).startsWith(wanted);
    if (kind === 'suffix') matches = (text) => fold(text).endsWith(wanted);
    if (kind === 'contains') matches = (text) => fold(text).includes(wanted);
  }
  fields.done();
  return matches;
}

/** What RE2 and JavaScript read differently, or one of them not at all: groups other than plain and named ones, and some classes. */
const DIALECT = /\(\?(?!:|P?<[A-Za-z])|\\[1-9ACEGKPQkpz]|\[\[?:/;

/** An RE2 expression, which must match the whole text. */
function readRegex(fields: Fields): TextMatch {
  const regex = readExpression(fields, (source) => `^(?:${source})$`, '');
  return (text) => regex?.test(text) ?? false;
}

/** An RE2 expression as one of JavaScript's; undefined where it has none. */
export function readExpression(fields: Fields, around: (source: string) => string, flags: string): RegExp | undefined {
  fields.ignore('google_re2');
  const written = fields.text('regex');
  fields.done();
  const [, flag = '', rest = written] = /^\(\?([is]+)\)(.*)$/s.exec(written) ?? [];
  if (DIALECT.test(rest)) {
    fields.problem(`${JSON.stringify(written)} has what JavaScript's expressions lack or read otherwise`, 'regex');
    return undefined;
  }
  try {
    return new RegExp(around(rest.replaceAll('(?P<', '(?<')), flag + flags);
  } catch (cause) {
    fields.problem((cause as Error).message, 'regex');
    return undefined;
  }
}
