import { buildModel } from '../build-model.js';
import { checkDocument } from '../check.js';
import { apiVersion } from '../kind.js';
import type { Mistake } from '../mistake.js';
import { formatPath } from '../resource.js';

/** Checks documents as an API gets them: plain data, with no file and no position. */
export function checkDocuments(...documents: object[]) {
  const checked = documents.map((document) => checkDocument({ apiVersion, ...document }));
  const own = checked.flatMap(({ mistakes }) => mistakes);
  const { model, mistakes, warnings } = buildModel(
    checked.flatMap(({ resource }) => resource ?? []),
    { incomplete: own.length > 0 },
  );
  const all = [...own, ...mistakes];
  const said = (found: readonly Mistake[]) => found.map(({ path, message }) => `${formatPath(path)}: ${message}`);
  return { model, mistakes: all, messages: said(all).join('\n'), warnings: said(warnings) };
}
