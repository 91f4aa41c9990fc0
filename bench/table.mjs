// The rows as they are printed and given out as JSON.
import { quantile } from './filters.mjs';

/** A row's cost and its ratio, from what was measured of its variants. */
export function rowOf({ what, variant, other, target, whole }, measured) {
  const share = cost(measured.get(variant), whole);
  const bareUs = quantile(
    [...measured.values()].flatMap((pairs) => pairs.map(({ baseUs }) => baseUs)),
    0.5,
  );
  const row = { what, us: share * bareUs };
  if (other === undefined) return row;
  const ratio = share / cost(measured.get(other), whole);
  return verdict({ ...row, ratio }, ratio, target);
}

/** Above the bare listener, but for `whole`, in parts of what that one takes for the same request at the same time. */
function cost(pairs, whole) {
  const parts = pairs.map(({ us, baseUs }) => us / baseUs);
  return quantile(parts, 0.5) - (whole ? 0 : 1);
}

/** `target` is what `value` may be at most. */
export function verdict(row, value, target) {
  return target === undefined ? row : { ...row, target, met: value <= target };
}

export function printTable(table, { protocol, rounds, requests, say }) {
  say(
    `\nEnvoy's CPU a request above a listener without filters, ${protocol}, ${requests} requests a cell, medians of ${rounds} rounds`,
  );
  say(`  ${''.padEnd(57)} ${'µs'.padStart(7)} ${'ratio'.padStart(6)}  target`);
  for (const row of table) say(`  ${row.what.padEnd(57)} ${columns(row)}`);
}

export function printRefusals(table, { say }) {
  say('\nThe filter’s own time for a token that is refused, in V8 without Envoy, medians');
  for (const row of table) say(`  ${row.what.padEnd(57)} ${columns(row)}`);
}

function columns({ us, ratio, value, unit, target, met }) {
  const goal = target === undefined ? '' : `≤ ${Number(target.toFixed(2))} ${met ? 'met' : 'MISSED'}`;
  if (us === undefined) return `${`${value} ${unit}`.padStart(14)}  ${goal}`;
  const number = (amount, width) => (amount === undefined ? '' : amount.toFixed(2)).padStart(width);
  return `${number(us, 7)} ${number(ratio, 6)}  ${goal}`;
}
