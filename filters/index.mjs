import { fileURLToPath } from 'node:url';
import { filterNames } from './names.mjs';

export { filterNames };

export function modulePath(name) {
  return pathOf(`build/${known(name)}.wasm`);
}

export function schemaPath(name) {
  return pathOf(`${known(name)}/schema.json`);
}

function known(name) {
  if (filterNames.includes(name)) return name;
  throw new Error(`there is no filter "${name}", expected one of: ${filterNames.join(', ')}`);
}

const pathOf = (file) => fileURLToPath(new URL(file, import.meta.url));
