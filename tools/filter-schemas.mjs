// Writes what filters/ says of its filters, from envoy/src/filter-config: filters/<name>/schema.json, the JSON Schema of each
// one's configuration, and filters/names.mjs with its types.
//   node tools/filter-schemas.mjs
import { writeFileSync } from 'node:fs';
import { filterSchemas, jsonSchemaOf } from '@tollgate/envoy/filter-config';

const write = (file, text) => writeFileSync(new URL(`../filters/${file}`, import.meta.url), `${text}\n`);

for (const name of Object.keys(filterSchemas))
  write(`${name}/schema.json`, JSON.stringify(jsonSchemaOf(name), null, 2));

const names = `[${Object.keys(filterSchemas)
  .sort()
  .map((name) => `'${name}'`)
  .join(', ')}]`;
const generated = '// Written by tools/filter-schemas.mjs.';
write('names.mjs', `${generated}\nexport const filterNames = ${names};`);
write('names.d.mts', `${generated}\nexport declare const filterNames: readonly ${names};`);
