import { hostPattern } from '@tollgate/model';
import type { FilterMatch } from '../filter-config/match.js';

/** Fewer conditions in a row stay as they were written: a configuration dump should be read by people. */
const listedMax = 100;
/** What two digits of base 32 say. */
const bytesMax = 1023;
/** As RuleTable of the filters: a call is looked up once for each length of a prefix. */
const prefixLengthsMax = 32;
/** What four digits say. */
const recordsMax = 1_048_575;

interface Named {
  name: string;
  match?: FilterMatch;
}

export type Packed<Rule extends Named> = { packed: string } & Omit<Rule, 'name' | 'match'>;

/**
 * Rules of which the first that matches decides, as the filters take them: many in a row that differ in name and condition
 * only are one. `RuleTable` of the filters draws the form.
 */
export function packRules<Rule extends Named>(rules: Rule[]): (Rule | Packed<Rule>)[] {
  if (rules.length === 0) return rules;
  const packed: (Rule | Packed<Rule>)[] = [];
  let run: Run | undefined;
  let from = 0;
  const close = (end: number) => {
    const { name: _name, match: _match, ...rest } = rules[from] as Rule;
    if (run && run.conditions > listedMax) packed.push({ packed: run.text, ...rest });
    else packed.push(...rules.slice(from, end));
  };
  for (const [index, { name, match, ...rest }] of rules.entries()) {
    const asked = askedOf(name, match);
    const fields = JSON.stringify(rest);
    if (index > 0 && !(asked && run?.fields === fields && run.takes(asked))) {
      close(index);
      from = index;
      run = undefined;
    }
    run ??= asked ? new Run(fields) : undefined;
    if (asked) run?.add(name, asked);
  }
  close(rules.length);
  return packed;
}

/** What one rule asks: conditions of which any holds. */
type Asked = { asks: string; text: string }[];

/** Null where the rule has a condition that cannot be packed, or several that must hold together. */
function askedOf(name: string, match: FilterMatch | undefined): Asked | null {
  if (!match?.length || length(name) > bytesMax) return null;
  const asked: Asked = [];
  for (const alternative of match) {
    const conditions = Object.entries(alternative).filter(([, condition]) => condition !== undefined);
    if (conditions.length !== 1) return null;
    const { path, hosts, consumers } = alternative;
    if (path && 'exact' in path) asked.push({ asks: 'e', text: path.exact as string });
    else if (path && 'prefix' in path) asked.push({ asks: 'p', text: path.prefix as string });
    else if (hosts) asked.push(...hosts.map((host) => ({ asks: 'h', text: hostPattern(host) ?? host })));
    else if (consumers) asked.push(...consumers.map((text) => ({ asks: 'c', text })));
    else return null;
  }
  const right = ({ asks, text }: Asked[number]) => length(text) <= bytesMax && !(asks === 'h' && text.startsWith('*'));
  return asked.every(right) ? asked : null;
}

/** Rules in a row with the same other fields. */
class Run {
  conditions = 0;
  #records: string[] = [];
  #known = new Set<string>();
  #prefixLengths = new Set<number>();

  constructor(readonly fields: string) {}

  get text(): string {
    const { length: count } = this.#records;
    return number(count >> 10) + number(count & 1023) + this.#records.join('');
  }

  takes(asked: Asked): boolean {
    const lengths = asked.filter(({ asks }) => asks === 'p').map(({ text }) => length(text));
    const few = lengths.length === 0 || new Set([...this.#prefixLengths, ...lengths]).size <= prefixLengthsMax;
    return few && this.#records.length + asked.length <= recordsMax;
  }

  /** What an earlier rule asked already no call reaches. */
  add(name: string, asked: Asked): void {
    this.conditions += asked.length;
    for (const { asks, text } of asked) {
      if (this.#known.has(asks + text)) continue;
      this.#known.add(asks + text);
      if (asks === 'p') this.#prefixLengths.add(length(text));
      this.#records.push(`${number(length(name))}${number(length(text))}${asks}${name}${text}`);
    }
  }
}

const length = (text: string) => Buffer.byteLength(text);

/** The digits are the 32 characters from 0 to O. */
function number(value: number): string {
  return String.fromCharCode(0x30 + (value >> 5), 0x30 + (value & 31));
}
