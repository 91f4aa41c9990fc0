import { lower } from '../../bytes.js';
import type { Fields } from './fields.js';
import { readFormat } from './format.js';
import type { HeaderOperations } from './plan.js';

const ACTIONS = [
  'APPEND_IF_EXISTS_OR_ADD',
  'ADD_IF_ABSENT',
  'OVERWRITE_IF_EXISTS_OR_ADD',
  'OVERWRITE_IF_EXISTS',
] as const;

/** `request_headers_to_add` and `_remove`, or those of responses. */
export function readHeaderOperations(fields: Fields, side: 'request' | 'response'): HeaderOperations {
  const names = fields.list(`${side}_headers_to_remove`).map((name) => lower(String(name)));
  for (const name of names)
    if (isFixed(name)) fields.problem(`Envoy removes neither host nor ${name}`, `${side}_headers_to_remove`);
  return { remove: names, add: fields.messages(`${side}_headers_to_add`).map((option) => readAddition(option, side)) };
}

function readAddition(option: Fields, side: 'request' | 'response'): HeaderOperations['add'][number] {
  const header = option.message('header');
  const name = lower(header.text('key'));
  if (name === '' || isFixed(name)) header.problem(`${JSON.stringify(name)} is no header that Envoy adds`, 'key');
  const otherwise = option.flag('append', true) ? ACTIONS[0] : 'OVERWRITE_IF_EXISTS_OR_ADD';
  const addition = {
    name,
    value: readFormat(header, 'value', side),
    action: option.choice('append_action', ACTIONS, otherwise),
    keepEmpty: option.flag('keep_empty_value'),
  };
  for (const part of [header, option]) part.done();
  return addition;
}

/** What the router itself decides. */
const isFixed = (name: string): boolean => name.startsWith(':') || name === 'host';
