// Makes a version of the changes that were noted (`npm run changeset`): changesets gives every package its new number, and what
// the notes say goes to the top of CHANGELOG.md. All packages are released together, so there is one list for all.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const notesFolder = join(root, '.changeset');
const changelog = join(root, 'CHANGELOG.md');

const notes = readdirSync(notesFolder)
  .filter((name) => name.endsWith('.md'))
  .sort()
  .map((name) => readFileSync(join(notesFolder, name), 'utf8').split(/^---$/m).slice(2).join('---').trim());
if (notes.length === 0) {
  process.stderr.write('no change is noted: npm run changeset\n');
  process.exit(1);
}

const { status } = spawnSync(join(root, 'node_modules/.bin/changeset'), ['version'], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(1);
const { version } = JSON.parse(readFileSync(join(root, 'cli/package.json'), 'utf8'));
const list = notes.map((note) => `- ${note.replaceAll('\n', '\n  ')}\n`).join('');
writeFileSync(
  changelog,
  readFileSync(changelog, 'utf8').replace(/^## /m, () => `## ${version}\n\n${list}\n## `),
);
