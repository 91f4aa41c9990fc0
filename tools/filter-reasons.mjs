// Writes filters/verdict/reason.ts, the reasons of refusals as the filters know them, from model/src/reasons.ts.
//   node tools/filter-reasons.mjs
import { writeFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { reasons } from '@tollgate/model';

const target = new URL('../filters/verdict/reason.ts', import.meta.url);
const table = Object.entries(reasons).map(([reason, answer]) => ({ reason, ...answer }));
const last = table.at(-1);
const constant = (reason) => `Reason.${reason.toUpperCase()}`;

/** The file's text. */
export function filterReasons() {
  return `// Written by \`node tools/filter-reasons.mjs\` from model/src/reasons.ts.
import { Slice } from 'proxy-wasm';

/** The fixed vocabulary of refusals. The reasons of a step stand together, so that its counters are a range. */
export enum Reason {
  /** No reason to refuse. */
  NONE = -1,
${table.map(({ reason }) => `  ${reason.toUpperCase()},`).join('\n')}
  /** No reason: how many there are. */
  COUNT,
}

export function reasonText(reason: Reason): Slice {
  switch (reason) {
${table
  .slice(0, -1)
  .map(({ reason }) => `    case ${constant(reason)}:\n      return '${reason}';`)
  .join('\n')}
    default:
      return '${last.reason}';
  }
}

/** The step that refuses for this reason, as answers, metrics and logs name it. */
export function stepText(reason: Reason): Slice {
${byRange(({ step }) => `'${step}'`)}
}

export function httpStatus(reason: Reason): u32 {
${byRange(({ http }) => http)}
}

/** gRPC's code for the HTTP status of a refusal. */
export function grpcStatus(status: u32): i32 {
${byStatus(({ grpc }) => grpc)}
}

/** The HTTP status in words. */
export function statusText(status: u32): Slice {
${byStatus(({ http }) => `'${STATUS_CODES[http].toLowerCase().replaceAll(' ', '_')}'`)}
}
`;
}

/** What neighbours have in common is compared once: reasons are numbers in the table's order. */
function byRange(answerOf) {
  const ends = table.filter((row, at) => at === table.length - 1 || answerOf(row) !== answerOf(table[at + 1]));
  return choices(ends.map((row) => [`reason <= ${constant(row.reason)}`, answerOf(row)]));
}

function byStatus(answerOf) {
  const values = new Map();
  for (const row of table) {
    const value = answerOf(row);
    if ((values.get(row.http) ?? value) !== value)
      throw new Error(`${row.reason}: HTTP ${row.http} is ${value} here and ${values.get(row.http)} before`);
    values.set(row.http, value);
  }
  return choices([...values].map(([http, value]) => [`status == ${http}`, value]));
}

function choices(cases) {
  const lines = cases.slice(0, -1).map(([condition, value]) => `  if (${condition}) return ${value};`);
  return [...lines, `  return ${cases.at(-1)[1]};`].join('\n');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(target, filterReasons());
  process.stdout.write(`${fileURLToPath(target)}\n`);
}
