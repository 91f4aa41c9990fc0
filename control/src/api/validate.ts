import { type CheckedPolicies, checkExamples, checkFile, joinFiles } from '@tollgate/policies';
import { z } from 'zod';
import type { Api } from './api.js';

const mistakeShape = z.object({
  file: z.string(),
  line: z.number(),
  column: z.number(),
  path: z.string(),
  message: z.string(),
});

const bodyShape = z.union([
  z.object({ files: z.array(z.object({ file: z.string(), text: z.string() })).min(1) }),
  // A body of type application/yaml: one file.
  z.string(),
]);

/** Checks policy files that are sent along, by themselves, and runs their examples. Nothing is stored. */
export function validateRoutes(api: Api): void {
  const mistakes = z.array(mistakeShape);
  const response = { 200: z.object({ valid: z.boolean(), mistakes, warnings: mistakes.optional() }) };
  api.post(
    '/v1/validate',
    { schema: { summary: 'Check policy files and run their examples', body: bodyShape, response } },
    async (request) => {
      const files = typeof request.body === 'string' ? [{ file: 'body.yaml', text: request.body }] : request.body.files;
      const { mistakes, warnings } = await validate(files);
      return { valid: mistakes.length === 0, mistakes, ...(warnings.length > 0 ? { warnings } : {}) };
    },
  );
}

type Told = Pick<CheckedPolicies, 'mistakes' | 'warnings'>;

async function validate(files: readonly { file: string; text: string }[]): Promise<Told> {
  const { model, sources, mistakes, warnings } = joinFiles(files.map(({ file, text }) => checkFile(file, text)));
  if (mistakes.length > 0) return { mistakes, warnings };
  const red = await checkExamples(model);
  return { mistakes: red.map((mistake) => sources.locate(mistake)), warnings };
}
