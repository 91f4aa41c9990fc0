// Writes into docs/traffic.md every field of the kinds that are about traffic: done, or refused and why. It reads the schemas
// that check documents.
//   node tools/traffic-fields.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { descriptorOf, kinds } from '@tollgate/model';
import { z } from 'zod';

const target = new URL('../docs/traffic.md', import.meta.url);
const [begin, end] = ['<!-- fields: node tools/traffic-fields.mjs -->', '<!-- end of fields -->'];

/** Istio's kinds for traffic and extensions, behind what they are about. */
const ofTraffic = ['Service', 'Node', ...kinds.filter((kind) => /^(networking|extensions)\./.test(groupOf(kind)))];

function groupOf(kind) {
  return descriptorOf(kind).apiVersions[0];
}

/** The page with its tables as the schemas have them. */
export function trafficPage() {
  const text = readFileSync(target, 'utf8');
  const before = text.slice(0, text.indexOf(begin) + begin.length);
  return `${before}\n\n${ofTraffic.map(tableOf).join('\n\n')}\n\n${text.slice(text.indexOf(end))}`;
}

function tableOf(kind) {
  const { $defs: definitions = {}, ...schema } = z.toJSONSchema(descriptorOf(kind).spec, {
    io: 'input',
    unrepresentable: 'any',
  });
  const fields = new Map();
  collect(schema, '', { fields, definitions, known: new Map() });
  const rows = [...fields].map(([path, said]) => `| \`${path}\` | ${said} |`);
  return [`### ${kind}`, '', '| field | |', '|---|---|', ...rows].join('\n');
}

/** Each field by its path, with what is said of it: where its own fields are those of an earlier one, by that one's name. `[]` is an item of a list, `*` a name of the user's. */
function collect(schema, at, all) {
  const { $ref, properties = {}, items, additionalProperties, anyOf = [], oneOf = [], allOf = [] } = schema;
  if ($ref) collect(all.definitions[$ref.split('/').at(-1)], at, all);
  for (const branch of [...anyOf, ...oneOf, ...allOf]) collect(branch, at, all);
  if (typeof items === 'object') collect(items, `${at}[]`, all);
  if (typeof additionalProperties === 'object' && Object.keys(additionalProperties).length > 0)
    collect(additionalProperties, `${at}.*`, all);
  for (const [name, field] of Object.entries(properties)) {
    const path = at === '' ? name : `${at}.${name}`;
    if (all.fields.has(path)) continue;
    const text = JSON.stringify(field);
    const like = text.includes('"properties"') ? all.known.get(text) : undefined;
    if (!like) all.known.set(text, path);
    all.fields.set(path, saidOf(field, like));
    if (!field.not && !like) collect(field, path, all);
  }
}

function saidOf({ not, description }, like) {
  if (not) return `refused: ${description}`;
  return like ? `done, with the fields of \`${like}\`` : 'done';
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(target, trafficPage());
  console.log(`wrote ${fileURLToPath(target)}`);
}
