// Writes filters/<name>/schema.json, the JSON Schema of each filter's configuration, from envoy/src/filter-config.
//   node tools/filter-schemas.mjs
import { writeFileSync } from 'node:fs';
import { filterSchemas, jsonSchemaOf } from '@tollgate/envoy/filter-config';

for (const name of Object.keys(filterSchemas))
  writeFileSync(
    new URL(`../filters/${name}/schema.json`, import.meta.url),
    `${JSON.stringify(jsonSchemaOf(name), null, 2)}\n`,
  );
