import type { Match } from '../match.js';
import { type Mistake, mistake, warning } from '../mistake.js';
import type { Path, ResourceId } from '../resource.js';
import type { PathReading } from '../service.js';
import { alternativesOf, type Conditions, covers } from './cover.js';

export interface OrderedRule {
  name: string;
  match?: Match;
  overlap?: 'intended';
}

/**
 * Rules and alternatives that can never match, since an earlier rule fits all that they do. Where that one lets through what the
 * later would refuse (`opens`), it is a mistake. Only whole alternatives are compared: an exception above the rule that it is
 * taken from is how rules are meant to be written.
 */
export function overlapsOf<Rule extends OrderedRule>(
  policy: ResourceId,
  rules: readonly Rule[],
  opens: (earlier: Rule, later: Rule) => boolean,
  readings: readonly PathReading[],
): Mistake[] {
  const each = readings.map((reading) => coverersOf(rules, reading));
  const opened = new Map<number, Set<string>>();
  const warnings = rules.flatMap((rule, at) => {
    const alternatives = (rule.match ?? [{}]).map((_, index) =>
      each.flatMap((coverers) => coverers[at]?.[index] ?? []),
    );
    const wrongly = alternatives.flat().filter(({ rule: by }) => by !== at && opens(rules[by] as Rule, rule));
    for (const { rule: by } of wrongly)
      if (rules[by]?.overlap === undefined) opened.set(by, (opened.get(by) ?? new Set()).add(rule.name));
    if (rule.overlap !== undefined || wrongly.some(({ rule: by }) => rules[by]?.overlap === undefined)) return [];
    return neverMatching(
      policy,
      rules,
      at,
      alternatives.map((found) => (found.length === each.length ? found : [])),
    );
  });
  const mistakes = [...opened].map(([at, names]) => mistake(policy, ['spec', 'rules', at], opensMessage([...names])));
  return [...mistakes, ...warnings];
}

/** The rule, and the alternative of it. */
interface Coverer {
  rule: number;
  alternative: number;
}

/** For every alternative of every rule the first one before it that fits all that it fits. */
function coverersOf(rules: readonly OrderedRule[], reading: PathReading): (Coverer | undefined)[][] {
  const earlier = new EarlierAlternatives();
  return rules.map(({ match }, rule) =>
    alternativesOf(match, reading).map((conditions, alternative) => {
      const coverer = earlier.covering(conditions);
      earlier.add(conditions, { rule, alternative });
      return coverer;
    }),
  );
}

type Placed = Coverer & { conditions: Conditions; order: number };

/** Found by their paths: a policy may have thousands of rules, of which few concern one path. */
class EarlierAlternatives {
  private readonly byPath = new Map<string, Placed[]>();
  private readonly lengths = { prefix: new Set<number>(), suffix: new Set<number>() };
  private count = 0;

  add(conditions: Conditions, place: Coverer): void {
    const { exact, prefix, suffix } = conditions.path ?? {};
    const key = exact !== undefined ? `=${exact}` : prefix !== undefined ? `^${prefix}` : `$${suffix ?? ''}`;
    if (prefix !== undefined) this.lengths.prefix.add(prefix.length);
    if (suffix !== undefined) this.lengths.suffix.add(suffix.length);
    const placed = { ...place, conditions, order: this.count++ };
    const list = this.byPath.get(key);
    if (list) list.push(placed);
    else this.byPath.set(key, [placed]);
  }

  covering(conditions: Conditions): Coverer | undefined {
    const found = this.keysCovering(conditions).flatMap(
      (key) => this.byPath.get(key)?.find((earlier) => covers(earlier.conditions, conditions)) ?? [],
    );
    return found.sort((a, b) => a.order - b.order)[0];
  }

  private keysCovering({ path }: Conditions): string[] {
    const { exact, prefix, suffix } = path ?? {};
    const [start = '', end = ''] = [exact ?? prefix, exact ?? suffix];
    const fitting = (lengths: Set<number>, text: string) => [...lengths].filter((length) => length <= text.length);
    return [
      ...(exact === undefined ? [] : [`=${exact}`]),
      ...fitting(this.lengths.prefix, start).map((length) => `^${start.slice(0, length)}`),
      ...fitting(this.lengths.suffix, end).map((length) => `$${end.slice(end.length - length)}`),
      // The key of no condition is that of an empty suffix.
      '$',
    ];
  }
}

function neverMatching(
  policy: ResourceId,
  rules: readonly OrderedRule[],
  at: number,
  alternatives: readonly (readonly Coverer[])[],
): Mistake[] {
  const nameOf = ({ rule }: Coverer) => rules[rule]?.name ?? '';
  const whole = alternatives.every(([first]) => first !== undefined && first.rule !== at);
  if (whole) {
    const names = [...new Set(alternatives.flat().map(nameOf))];
    return [warning(policy, ['spec', 'rules', at], `can never match: ${takenBy(names)}`)];
  }
  return alternatives.flatMap(([first], index) => {
    if (!first) return [];
    const path: Path = ['spec', 'rules', at, 'match', index];
    const by =
      first.rule === at
        ? `match[${first.alternative}] matches every call that this one matches`
        : takenBy([nameOf(first)]);
    return [warning(policy, path, `can never match: ${by}`)];
  });
}

function takenBy(names: readonly string[]): string {
  return names.length === 1
    ? `the rule ${listed(names)} above it matches every call that this one matches, and decides first`
    : `the rules ${listed(names)} above it match every call that this one matches, and decide first`;
}

function opensMessage(names: readonly string[]): string {
  const rules = `the ${names.length === 1 ? 'rule' : 'rules'} ${listed(names)} below`;
  return `lets through what ${rules} would refuse, since it fits the same calls and decides first: move it below, or write overlap: intended`;
}

const namedMax = 3;

function listed(names: readonly string[]): string {
  const quoted = names.slice(0, namedMax).map((name) => `"${name}"`);
  const rest = names.length - quoted.length;
  return [...quoted, ...(rest > 0 ? [`${rest} more`] : [])].join(', ').replace(/, ([^,]*)$/, ' and $1');
}
