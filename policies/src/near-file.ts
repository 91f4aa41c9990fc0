import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { didYouMean } from '@tollgate/model';

/** `, did you mean "keys.json"?` for a file that is not there and has a near name beside it; `path` is where it would be. */
export function nearFile(file: string, path: string): string {
  const folder = file.slice(0, -basename(file).length);
  return didYouMean(
    file,
    namesIn(dirname(path)).map((name) => folder + name),
  );
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
