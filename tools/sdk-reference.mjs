// Writes docs/sdk/reference.md from the docstrings of the SDK's sources, so that nothing is said twice.
//   node tools/sdk-reference.mjs
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

const sources = new URL('../sdk/assembly/', import.meta.url);
const target = new URL('../docs/sdk/reference.md', import.meta.url);

/** Folders in the order in which a reader meets them. `abi/` holds the host's functions as they are, and is not for filters. */
const folders = {
  lifecycle: 'The class of a filter, its plugin and its streams',
  http: 'Headers, local answers, paths',
  bodies: 'Bodies and TCP data',
  callouts: 'Calls to other services over HTTP',
  grpc: 'Calls to other services over gRPC',
  hostcalls: 'What else the host offers',
  queues: 'Queues',
  timers: 'Timers',
  bytes: 'Bytes',
  memory: 'Memory',
  json: 'JSON',
  protobuf: 'Protocol buffers',
  hash: 'Digests',
  crypto: "Signatures, by the host's cryptography and our own",
  net: 'Addresses and networks',
  time: 'Dates',
};

/** The reference's text, and what has no docstring: `{ text, undocumented }`. */
export function sdkReference() {
  const undocumented = [];
  const parts = [
    '# Reference of the SDK',
    'Written by `node tools/sdk-reference.mjs` from the sources. Filters import from `proxy-wasm`.',
  ];
  const found = readdirSync(sources, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? entry.name : [],
  );
  for (const folder of found)
    if (folder !== 'abi' && !(folder in folders))
      undocumented.push(`${folder}/: a folder that the reference does not know`);
  parts.push(...read('abi', 'What host calls and callbacks answer', ['status.ts'], undocumented));
  for (const [folder, title] of Object.entries(folders)) {
    const files = readdirSync(new URL(`${folder}/`, sources)).filter((name) => /(?<!\.spec)\.ts$/.test(name));
    parts.push(...read(folder, title, files.sort(), undocumented));
  }
  return { text: `${parts.join('\n\n')}\n`, undocumented };
}

function read(folder, title, files, undocumented) {
  const sections = files.flatMap((name) => {
    const source = readFileSync(new URL(`${folder}/${name}`, sources), 'utf8');
    const file = `${folder}/${name.replace(/\.ts$/, '')}`;
    const entries = entriesOf(ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true), file, undocumented);
    return entries.length > 0 ? [`### ${file}`, ...entries] : [];
  });
  return [`## ${title}`, ...sections];
}

const has = (node, kind) => node.modifiers?.some((modifier) => modifier.kind === kind) ?? false;

function entriesOf(source, file, undocumented) {
  const entries = [];
  for (const node of source.statements) {
    if (!has(node, ts.SyntaxKind.ExportKeyword) || has(node, ts.SyntaxKind.DeclareKeyword)) continue;
    const name = node.name?.text ?? node.declarationList?.declarations[0]?.name.text;
    if (!name) continue;
    const text = docOf(node, source);
    const called = ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node);
    if (called && !text) undocumented.push(`${file}: ${name}`);
    if (!called && !text && !ts.isModuleDeclaration(node) && !ts.isEnumDeclaration(node)) continue;
    entries.push(`\`${headOf(node, source)}\`${text ? `\n\n${text}` : ''}`);
    if (ts.isClassDeclaration(node)) entries.push(...membersOf(node, source, file, undocumented));
    if (ts.isModuleDeclaration(node) || ts.isEnumDeclaration(node)) entries.push(valuesOf(node, source));
  }
  return entries;
}

/** Declaration up to its body or value, on one line. */
function headOf(node, source) {
  const from = node.getText(source).replace(/^(?:@\w+(?:\(.*?\))?\s*|export\s+)*/, '');
  const end = ts.isVariableStatement(node) ? from.indexOf(' =') : from.indexOf(' {');
  const head = end < 0 ? from.replace(/;$/, '') : from.slice(0, end);
  return head.replace(/\s+/g, ' ').replace(/\( /g, '(').replace(/,? \)/g, ')');
}

function membersOf(node, source, file, undocumented) {
  const lines = [];
  for (const member of node.members) {
    const name = member.name?.getText(source);
    if (!name || has(member, ts.SyntaxKind.PrivateKeyword)) continue;
    const text = docOf(member, source);
    if (!text && !ts.isPropertyDeclaration(member)) undocumented.push(`${file}: ${node.name.text}.${name}`);
    if (text) lines.push(`- \`${headOf(member, source)}\`: ${text.replace(/\n/g, '\n  ')}`);
    else lines.push(`- \`${headOf(member, source)}\``);
  }
  return lines.length > 0 ? [lines.join('\n')] : [];
}

/** The constants of a namespace or enum. */
function valuesOf(node, source) {
  return [...node.getText(source).matchAll(/^ {2}(?:export const )?(\w+)(?:: u\d+)? = (\d+)/gm)]
    .map(([, name, value]) => `\`${name}\` ${value}`)
    .join(' · ');
}

/** The docstring as Markdown: what stands indented in it (pictures, code) becomes a block of its own. */
function docOf(node, source) {
  const ranges = ts.getLeadingCommentRanges(source.text, node.pos) ?? [];
  const comment = ranges.map(({ pos, end }) => source.text.slice(pos, end)).findLast((text) => text.startsWith('/**'));
  if (!comment) return '';
  const lines = comment
    .slice(3, -2)
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd());
  const blocks = [];
  for (const line of lines) {
    const indented = /^ {2,}\S/.test(line);
    const last = blocks.at(-1);
    if (line === '') blocks.push({ indented: false, lines: [] });
    else if (last && last.indented === indented && last.lines.length > 0) last.lines.push(line);
    else blocks.push({ indented, lines: [indented ? line : line.trim()] });
  }
  return blocks
    .filter((block) => block.lines.length > 0)
    .map((block) => (block.indented ? `\`\`\`ts\n${block.lines.join('\n')}\n\`\`\`` : block.lines.join(' ')))
    .join('\n\n');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { text, undocumented } = sdkReference();
  writeFileSync(target, text);
  for (const name of undocumented) process.stderr.write(`has no docstring: ${name}\n`);
  process.stdout.write(`${fileURLToPath(target)}\n`);
  process.exitCode = undocumented.length > 0 ? 1 : 0;
}
