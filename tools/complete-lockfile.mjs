// Adds to package-lock.json the builds for other platforms that a registry did not have when it was written. Prebuilt tools
// list one package a platform as optional dependencies; npm leaves out of the lockfile what it cannot look up, and then
// `npm ci` refuses that lockfile everywhere. A platform's build is never fetched on another, so its entry needs no more than
// to say for which platform it is. To be run after every `npm install` that changes the lockfile: npm run lock.
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
const platforms = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = {
  x64: 'x64',
  arm64: 'arm64',
  armv7: 'arm',
  arm: 'arm',
  ia32: 'ia32',
  ppc64: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
};

const added = [];
for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    const words = name.split(/[-/]/);
    const os = platforms.filter((platform) => words.includes(platform));
    if (lock.packages[place] || os.length === 0 || !/^\d/.test(version)) continue;
    const cpu = words.flatMap((word) => processors[word] ?? []);
    const libc = os[0] === 'linux' && words.includes('musl') ? { libc: ['musl'] } : {};
    lock.packages[place] = { version, cpu, ...(entry.dev ? { dev: true } : {}), ...libc, optional: true, os };
    added.push(name);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`package-lock.json: ${added.length === 0 ? 'complete' : `added ${added.join(', ')}`}\n`);
