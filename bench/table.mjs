// The rows as they are printed and given out as JSON.
import { quantile } from './filters.mjs';

/** A row's cost and its ratio, from what was measured of its variants. */
export function rowOf({ what, variant, other, target, whole }, { costs }) {
  const of = (name) => costs.get(name)[whole ? 'whole' : 'over'];
  const us = quantile(of(variant), 0.5);
  const row = { what, us, usLowerQuartile: quantile(of(variant), 0.25) };
  if (other === undefined) return row;
  const ratio = us / quantile(of(other), 0.5);
  return verdict({ ...row, ratio, ratioLowerQuartile: row.usLowerQuartile / quantile(of(other), 0.25) }, ratio, target);
}

/** `target` is what `value` may be at most. */
export function verdict(row, value, target) {
  return target === undefined ? row : { ...row, target, met: value <= target };
}

export function printTable(table, { protocol, rounds, requests, say }) {
  say(
    `\nEnvoy's CPU a request above a listener without filters, ${protocol}, ${requests} requests a cell, medians of ${rounds} rounds`,
  );
  say(`  ${''.padEnd(52)} ${'µs'.padStart(7)} ${'lower ¼'.padStart(8)} ${'ratio'.padStart(7)}  target`);
  for (const row of table) say(`  ${row.what.padEnd(52)} ${columns(row)}`);
}

function columns({ us, usLowerQuartile, ratio, value, unit, target, met }) {
  const goal = target === undefined ? '' : `≤ ${Number(target.toFixed(2))} ${met ? 'met' : 'MISSED'}`;
  if (us === undefined) return `${`${value} ${unit}`.padStart(24)}  ${goal}`;
  const number = (amount, width) => (amount === undefined ? '' : amount.toFixed(2)).padStart(width);
  return `${number(us, 7)} ${number(usLowerQuartile, 8)} ${number(ratio, 7)}  ${goal}`;
}
