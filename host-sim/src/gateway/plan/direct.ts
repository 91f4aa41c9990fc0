import type { Fields } from './fields.js';
import { readFormat } from './format.js';
import type { DirectPlan, Format } from './plan.js';

/** An answer that a route gives itself: always the same, or made of the request. */
export function readDirect(fields: Fields): DirectPlan {
  const status = fields.count('status', 0);
  if (status < 200 || status > 599) fields.problem('must be 200 to 599', 'status');
  const plan: DirectPlan = { kind: 'direct', status, ...readBody(fields) };
  fields.done();
  return plan;
}

function readBody(fields: Fields): Pick<DirectPlan, 'body' | 'contentType'> {
  const format = fields.message('body_format');
  const type = format.text('content_type');
  const made = format.has('json_format') ? readJson(format) : readText(format);
  format.done();
  if (fields.has('body_format')) {
    const contentType = type === '' && format.has('json_format') ? 'application/json' : type;
    return contentType === '' ? { body: made } : { body: made, contentType };
  }
  const body = fields.message('body');
  const text = body.has('inline_bytes')
    ? Buffer.from(body.text('inline_bytes'), 'base64').toString('latin1')
    : body.bytes('inline_string');
  body.done();
  return { body: () => text };
}

function readText(format: Fields): Format {
  const source = format.message('text_format_source');
  const text = readFormat(source, 'inline_string', 'response', '-');
  source.done();
  return text;
}

/**
 * Envoy: the fields in the order of their names, each byte of a value a letter of its own, and a line's end. What is not there
 * is null where it would be all of a value.
 */
function readJson(format: Fields): Format {
  const formats = format.values('json_format').sort(([a], [b]) => (a < b ? -1 : 1));
  const values = formats.map(([name, fields]): [string, Format] => {
    const absent = /^%[^%]+%$/.test(fields.text('value')) ? ABSENT : '-';
    return [name, readFormat(fields, 'value', 'response', absent)];
  });
  return (source) => {
    const made = values.map(([name, format]) => {
      const value = format(source);
      return [name, value === ABSENT ? null : value];
    });
    return `${JSON.stringify(Object.fromEntries(made)).replace(/[^ -~]/g, escaped)}\n`;
  };
}

/** No header has this byte. */
const ABSENT = '\0';
const escaped = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
