// Writes docs/sdk/reference.md (what filters import) and docs/sdk/inside.md (all else) from the docstrings of the SDK.
//   node tools/sdk-reference.mjs
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { answers, ends, roots, streams } from '../sdk/transform/callbacks.js';

const sdk = new URL('../sdk/', import.meta.url);
const docs = new URL('../docs/sdk/', import.meta.url);

const REFERENCE = `# Reference of the SDK

Everything that a filter imports from \`proxy-wasm\`. \`node tools/sdk-reference.mjs\` writes this page from the sources; its chapters are those of \`sdk/index.ts\`. If you work on the SDK itself, see [inside.md](inside.md) too.`;

const INSIDE = `# Inside the SDK

What the files of the SDK export for each other. Filters cannot import it; what they use is in the [reference](reference.md). \`node tools/sdk-reference.mjs\` writes this page from the sources. The functions of the host are declared in \`sdk/assembly/abi/\`.`;

/** Begins the docstring of a member that is for the SDK alone, in a class that filters use. */
const INTERNAL = '@internal';

/** The two pages, and what has no docstring: `{ reference, inside, undocumented }`. */
export function sdkReference() {
  const undocumented = [];
  const files = sourceFiles();
  const entry = ({ node, source }, where) => entryOf(node, source, where, undocumented);
  const reference = [REFERENCE, ...callbacks()];
  for (const { title, exports } of chapters()) {
    reference.push(`## ${title}`);
    for (const { file, name } of exports) {
      const declaration = files.get(file).get(name);
      reference.push(...entry(declaration, `${file}: ${name}`));
      files.get(file).delete(name);
      const members = internalMembers(declaration);
      if (members) files.get(file).set(`members of ${name}`, { ...declaration, members });
    }
  }
  const inside = [INSIDE];
  for (const [file, declarations] of files) {
    if (declarations.size === 0) continue;
    inside.push(`## ${file.replace('./assembly/', '')}`);
    for (const [name, declaration] of declarations)
      inside.push(
        ...(declaration.members
          ? [`Of \`${declaration.node.name.text}\`, which filters use:`, declaration.members]
          : entry(declaration, `${file}: ${name}`)),
      );
  }
  return { reference: `${reference.join('\n\n')}\n`, inside: `${inside.join('\n\n')}\n`, undocumented };
}

/** `sdk/index.ts` as a table of contents: a line of comment is a chapter's title, what it exports up to the next is in it. */
function chapters() {
  const source = parse(new URL('index.ts', sdk));
  const found = [];
  for (const node of source.statements.filter(ts.isExportDeclaration)) {
    const title = source.text.slice(node.pos, node.getStart(source)).match(/\/\/ (.*)\n$/)?.[1];
    if (title) found.push({ title, exports: [] });
    const file = declaring(node.moduleSpecifier.text);
    for (const { name } of node.exportClause.elements)
      found.at(-1).exports.push({ file: file(name.text), name: name.text });
  }
  return found;
}

/** Where a name that a file exports is declared: `lifecycle/index.ts` only hands on what others have. */
function declaring(file) {
  const handedOn = new Map();
  for (const node of parse(new URL(`${file}.ts`, sdk)).statements.filter(ts.isExportDeclaration)) {
    const from = new URL(`${node.moduleSpecifier.text}.ts`, new URL(`${file}.ts`, sdk)).pathname;
    for (const { name } of node.exportClause.elements)
      handedOn.set(name.text, `./${from.slice(fileURLToPath(sdk).length).replace(/\.ts$/, '')}`);
  }
  return (name) => handedOn.get(name) ?? file;
}

/** What each file exports, by name: file → name → `{ node, source }`. Functions of the host are not ours to describe. */
function sourceFiles() {
  const names = readdirSync(new URL('assembly/', sdk), { recursive: true });
  const files = new Map();
  for (const name of names.filter((name) => /(?<!\.spec)\.ts$/.test(name)).sort()) {
    const source = parse(new URL(`assembly/${name}`, sdk));
    const declarations = new Map();
    for (const node of source.statements) {
      if (!has(node, ts.SyntaxKind.ExportKeyword) || has(node, ts.SyntaxKind.DeclareKeyword)) continue;
      declarations.set(node.name?.text ?? node.declarationList.declarations[0].name.text, { node, source });
    }
    files.set(`./assembly/${name.replace(/\.ts$/, '')}`, declarations);
  }
  return files;
}

function parse(url) {
  return ts.createSourceFile(fileURLToPath(url), readFileSync(url, 'utf8'), ts.ScriptTarget.Latest, true);
}

/** What a class may have for its plugin besides the callbacks of the ABI: null or false refuses. */
const PLUGIN = [
  '- `static configure(decoder: Decoder, value: Value | null): C | null`: reads a configuration in JSON; null refuses it',
  '- `static configureText(arena: Arena, text: Slice): C | null`: reads any other configuration',
  '- `static onVmStart(size: u32): bool`: false refuses the VM',
  '- `static onUnavailable(stream: u32): Action`: decides about a stream for which there is no room or no configuration, which is otherwise refused',
];

/** The methods that a filter's class may have. */
function callbacks() {
  const list = (table, isStatic = false) =>
    Object.entries(table)
      .map(([name, { parameters, returns }]) => {
        const given = [...(isStatic ? [['plugin', 'Root<C>']] : []), ...parameters];
        const signature = `${name}(${given.map(([parameter, type]) => `${parameter}: ${type}`).join(', ')})`;
        return `- \`${isStatic ? 'static ' : ''}${signature}: ${returns[0]}\``;
      })
      .join('\n');
  return [
    '## Callbacks',
    'The host calls these methods of a filter class. Write the ones you need, and leave out parameters at the end that you do not use. The [guide](guide.md) shows how.',
    'In an `HttpFilter`:',
    list(streams.HttpFilter),
    'In a `TcpFilter`:',
    list(streams.TcpFilter),
    'In both, at the end of a stream. `onLog` runs when the access log is written:',
    list(ends),
    'In both, for answers of calls that the stream waits for (`this.awaits`):',
    list(answers),
    'In both, for the plugin. `C` is the class of its configuration:',
    [...PLUGIN, list(roots, true)].join('\n'),
  ];
}

const has = (node, kind) => node.modifiers?.some((modifier) => modifier.kind === kind) ?? false;

function entryOf(node, source, where, undocumented) {
  const text = docOf(node, source);
  if (!text) undocumented.push(where);
  const parts = [`\`${headOf(node, source)}\`${text ? `\n\n${text}` : ''}`];
  if (ts.isClassDeclaration(node)) parts.push(...membersOf(node, source, where, undocumented));
  if (ts.isModuleDeclaration(node)) parts.push(valuesOf(node.body.statements.flatMap(declarationsOf)));
  if (ts.isEnumDeclaration(node)) parts.push(valuesOf(node.members));
  return parts;
}

const declarationsOf = (statement) => [...statement.declarationList.declarations];

/** The constants of a namespace or enum. */
function valuesOf(members) {
  return members
    .map(({ name, initializer }, index) => `\`${name.text}\` ${initializer?.getText() ?? index}`)
    .join(' · ');
}

/** Declaration up to its body or value, on one line. */
function headOf(node, source) {
  const from = node.getText(source).replace(/^(?:@\w+(?:\(.*?\))?\s*|export\s+)*/, '');
  const end = ts.isVariableStatement(node) ? from.indexOf(' =') : from.indexOf(' {');
  const head = end < 0 ? from.replace(/;$/, '') : from.slice(0, end);
  return head.replace(/\s+/g, ' ').replace(/\( /g, '(').replace(/,? \)/g, ')');
}

function membersOf(node, source, where, undocumented) {
  const lines = [];
  for (const member of node.members) {
    const name = member.name?.getText(source);
    if (!name || has(member, ts.SyntaxKind.PrivateKeyword)) continue;
    const text = docOf(member, source);
    if (text.startsWith(INTERNAL)) continue;
    if (!text && !ts.isPropertyDeclaration(member)) undocumented.push(`${where}.${name}`);
    lines.push(memberLine(member, source, text));
  }
  return lines.length > 0 ? [lines.join('\n')] : [];
}

/** What of a class that filters use is for the SDK alone; undefined where that is nothing. */
function internalMembers({ node, source }) {
  if (!ts.isClassDeclaration(node)) return undefined;
  const lines = node.members
    .map((member) => [member, docOf(member, source)])
    .filter(([, text]) => text.startsWith(INTERNAL))
    .map(([member, text]) => memberLine(member, source, text.slice(INTERNAL.length).trim()));
  return lines.length > 0 ? lines.join('\n') : undefined;
}

function memberLine(member, source, text) {
  return `- \`${headOf(member, source)}\`${text ? `: ${text.replace(/\n/g, '\n  ')}` : ''}`;
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
  const { reference, inside, undocumented } = sdkReference();
  writeFileSync(new URL('reference.md', docs), reference);
  writeFileSync(new URL('inside.md', docs), inside);
  for (const name of undocumented) process.stderr.write(`has no docstring: ${name}\n`);
  process.exitCode = undocumented.length > 0 ? 1 : 0;
}
