import { filterNames } from './names.mjs';

export { filterNames };

/** One filter for each kind of policy, and `governance`, which has all of them in one module. */
export type FilterName = (typeof filterNames)[number];

/**
 * The file of a filter's module, for Envoy's `vm_config.code.local.filename`.
 *
 * @example
 * const bytes = readFileSync(modulePath('access'));
 */
export function modulePath(name: FilterName): string;

/** The file of the JSON Schema of a filter's configuration. */
export function schemaPath(name: FilterName): string;
