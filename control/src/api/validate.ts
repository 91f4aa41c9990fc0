import { checkExamples, checkFile, type FileMistake, joinFiles } from '@tollgate/policies';
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
  const response = { 200: z.object({ valid: z.boolean(), mistakes: z.array(mistakeShape) }) };
  api.post(
    '/v1/validate',
    { schema: { summary: 'Check policy files and run their examples', body: bodyShape, response } },
    async (request) => {
      const files = typeof request.body === 'string' ? [{ file: 'body.yaml', text: request.body }] : request.body.files;
      const mistakes = await validate(files);
      return { valid: mistakes.length === 0, mistakes };
    },
  );
}

async function validate(files: readonly { file: string; text: string }[]): Promise<FileMistake[]> {
  const { model, sources, mistakes } = joinFiles(files.map(({ file, text }) => checkFile(file, text)));
  if (mistakes.length > 0) return mistakes;
  const red = await checkExamples(model);
  return red.map((mistake) => sources.locate(mistake));
}
