import { z } from 'zod';
import { shapeOf } from './check.js';
import { kinds } from './kinds.js';

/**
 * JSON Schema of a policy document, for editors: which kinds there are, and for each its fields and words. It is made of the
 * schemas that check documents, so it knows what they know of one value; what holds between values and documents only
 * `tollgate validate` says.
 */
export function policyJsonSchema(): Record<string, unknown> {
  return {
    // The newest version that editors' YAML plug-ins understand whole.
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Tollgate policies',
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata'],
    properties: { kind: { enum: [...kinds] } },
    // Not `oneOf`: of that an editor only says that none of them fits.
    allOf: kinds.map((kind) => ({
      if: { properties: { kind: { const: kind } }, required: ['kind'] },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
      then: documentSchema(kind),
    })),
  };
}

function documentSchema(kind: (typeof kinds)[number]): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(shapeOf(kind), {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    // References would have to be looked for from the top, where this is not.
    reused: 'inline',
  });
  return schema;
}
