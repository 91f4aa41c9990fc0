// The rows as they are printed and given out as JSON.
import { quantile } from './filters.mjs';

/** A row's cost and its ratio, from what was measured of its variants: by the lower quartiles, and by the medians beside them. */
export function rowOf({ what, variant, other, target, whole }, measured) {
  const us = cost(measured, variant, whole, 0.25);
  const row = { what, us, usMedian: cost(measured, variant, whole, 0.5) };
  if (other === undefined) return row;
  const ratio = us / cost(measured, other, whole, 0.25);
  return verdict({ ...row, ratio, ratioMedian: row.usMedian / cost(measured, other, whole, 0.5) }, ratio, target);
}

/** Above the bare listener, but for `whole`. */
function cost(measured, variant, whole, share) {
  const { us, baseUs } = measured.get(variant);
  return quantile(us, share) - (whole ? 0 : quantile(baseUs, share));
}

/** `target` is what `value` may be at most. */
export function verdict(row, value, target) {
  return target === undefined ? row : { ...row, target, met: value <= target };
}

export function printTable(table, { protocol, rounds, requests, say }) {
  say(
    `\nEnvoy's CPU a request above a listener without filters, ${protocol}, ${requests} requests a cell, lower quartiles of ${rounds} rounds`,
  );
  say(
    `  ${''.padEnd(57)} ${'µs'.padStart(7)} ${'median'.padStart(7)} ${'ratio'.padStart(6)} ${'median'.padStart(7)}  target`,
  );
  for (const row of table) say(`  ${row.what.padEnd(57)} ${columns(row)}`);
}

function columns({ us, usMedian, ratio, ratioMedian, value, unit, target, met }) {
  const goal = target === undefined ? '' : `≤ ${Number(target.toFixed(2))} ${met ? 'met' : 'MISSED'}`;
  if (us === undefined) return `${`${value} ${unit}`.padStart(30)}  ${goal}`;
  const number = (amount, width) => (amount === undefined ? '' : amount.toFixed(2)).padStart(width);
  return `${number(us, 7)} ${number(usMedian, 7)} ${number(ratio, 6)} ${number(ratioMedian, 7)}  ${goal}`;
}
