// From a class with callbacks to the module's exports.
//
// For a `@filter` class in the entry file, exactly the callbacks that it has are exported: each empties the request's
// memory, finds the stream's slot and calls the method. What is exported costs a crossing a stream, so nothing else is.
import { DiagnosticCode, Node, NodeKind, SourceKind } from 'assemblyscript';
import { answers, ends, roots, streams } from './callbacks.js';
import { writeExports } from './exports.js';

const STATIC = 1 << 5;
const MANAGED = /^(string|String|Array|StaticArray|Map|Set|ArrayBuffer|DataView|\w+Array)\b/;

export function exportFilters(program, parser) {
  for (const source of program.sources.filter(({ sourceKind }) => sourceKind === SourceKind.UserEntry)) {
    const classes = source.statements.filter((node) => node.kind === NodeKind.ClassDeclaration && takeDecorator(node));
    for (const second of classes.slice(1)) fail(parser, second.name, 'A module can have only one @filter class');
    const filter = classes.length ? readFilter(parser, classes[0]) : null;
    if (!filter) continue;
    program.parser.parseFile(writeExports(filter), `${source.normalizedPath.replace(/\.ts$/, '')}~exports.ts`, false);
    const generated = program.sources.pop();
    // The statements become the entry's own; the compiler finds an element's file by its source's path.
    Object.assign(generated, { internalPath: source.internalPath, sourceKind: source.sourceKind });
    source.statements.push(...generated.statements);
  }
}

/** `@filter` is ours; what the compiler is told instead is that the class lives in memory that we give it. */
function takeDecorator(node) {
  const at = (node.decorators ?? []).findIndex(({ name }) => name.text === 'filter');
  if (at < 0) return false;
  const { name, range } = node.decorators[at];
  node.decorators[at] = Node.createDecorator(Node.createIdentifierExpression('unmanaged', name.range), null, range);
  return true;
}

/** What `writeExports` needs to know of a class; null where it has mistakes, which are reported. */
function readFilter(parser, node) {
  const base = node.extendsType?.name.identifier.text;
  if (!streams[base]) return fail(parser, node.name, `${node.name.text} must extend HttpFilter or TcpFilter`);
  const filter = { name: node.name.text, base, fields: 0, instance: new Map(), static: new Map() };
  let sound = true;
  for (const member of node.members) sound = readMember(parser, filter, member) && sound;
  return sound ? filter : null;
}

function readMember(parser, filter, member) {
  const name = member.name.text;
  const isStatic = (member.flags & STATIC) !== 0;
  if (member.kind === NodeKind.FieldDeclaration) return isStatic || readField(parser, filter, member);
  if (member.kind !== NodeKind.MethodDeclaration) return true;
  if (name === 'constructor')
    return fail(
      parser,
      member.name,
      'A filter class cannot have a constructor: its fields are zero when the stream begins',
    );
  if (isStatic && own.has(name)) filter.static.set(name, member);
  if (!/^on[A-Z]/.test(name) || (isStatic && own.has(name))) return true;
  const callback = callbacksOf(filter.base)[name];
  if (!callback) return fail(parser, member.name, unknown(filter.base, name));
  if (roots[name] && !isStatic)
    return fail(parser, member.name, `${name} is a callback of the plugin: it must be static`);
  if (!hasSignature(parser, name, member, callback, isStatic)) return false;
  (isStatic ? filter.static : filter.instance).set(name, member);
  return true;
}

/** Static members that are no callbacks of the ABI, or have a shape of their own. */
const own = new Set(['configure', 'configureText', 'onVmStart', 'onUnavailable']);

const callbacksOf = (base) => ({ ...streams[base], ...ends, ...answers, ...roots });

function readField(parser, filter, { name, initializer, type }) {
  filter.fields++;
  if (initializer)
    return fail(parser, name, `${name.text} cannot have an initial value: fields are zero when the stream begins`);
  if (type && MANAGED.test(type.range.toString()))
    return fail(
      parser,
      name,
      `${name.text} cannot be a string or an array: the garbage collector does not see a stream's fields`,
    );
  return true;
}

/** As in TypeScript, a method may leave out parameters at the end. */
function hasSignature(parser, name, { signature, name: at }, callback, isStatic) {
  const first = !isStatic ? [] : roots[name] || answers[name] ? [['root', 'Root']] : [['stream', 'u32']];
  const expected = [...first, ...callback.parameters];
  const given = signature.parameters.map(({ type }) => type.range.toString());
  const result = signature.returnType.range.toString() || 'void';
  const fits =
    given.length <= expected.length &&
    given.every((type, i) => type === expected[i][1] || (expected[i][1] === 'Root' && /^Root\b/.test(type))) &&
    callback.returns.includes(result);
  const list = expected.map(([parameter, type]) => `${parameter}: ${type}`).join(', ');
  return (
    fits || fail(parser, at, `${name} must be ${isStatic ? 'static ' : ''}${name}(${list}): ${callback.returns[0]}`)
  );
}

function unknown(base, name) {
  const names = Object.keys(callbacksOf(base));
  const near = names.sort((a, b) => distance(a, name) - distance(b, name))[0];
  return `${name} is not a callback of ${base}${distance(near, name) <= 6 ? `; did you mean ${near}?` : ''}`;
}

/** How many letters one must change to make one word of the other (Levenshtein). */
function distance(a, b) {
  let row = [...b].map((_, i) => i + 1);
  for (let i = 0; i < a.length; i++) {
    const above = [i, ...row];
    row = [];
    for (let j = 0; j < b.length; j++)
      row.push(Math.min(above[j] + (a[i] === b[j] ? 0 : 1), above[j + 1] + 1, (row[j - 1] ?? i + 1) + 1));
  }
  return row.at(-1) ?? a.length;
}

function fail(parser, node, message) {
  parser.error(DiagnosticCode.User_defined_0, node.range, message);
  return null;
}
