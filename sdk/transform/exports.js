// The text of a filter's exports.
import { answers, ends, lastAnswers, roots, streams } from './callbacks.js';

const SDK = 'proxy-wasm/assembly';
/** Streams that a VM can have at a time; one more is refused. Memory that is not used is not taken from the machine. */
const PLACES_KEPT = 16384;
/** Streams that may begin between a stream's beginning and its first callback. */
const PLACES_PASSING = 4096;

const imports = `
import { Action as __Action } from '${SDK}/abi/status';
import { proxy_set_effective_context as __setEffectiveContext } from '${SDK}/abi/contexts';
import { Decoder as __Decoder } from '${SDK}/json/decoder';
import { Value as __Value } from '${SDK}/json/value';
import { Arena as __Arena } from '${SDK}/memory/arena';
import { Slice as __Slice } from '${SDK}/bytes/slice';
import { enter as __enter } from '${SDK}/memory/request';
import { streamAwaiting as __streamAwaiting } from '${SDK}/lifecycle/answers';
import { configured as __configured, configuredByText as __configuredByText } from '${SDK}/lifecycle/configure';
import { createRoot as __createRoot, findRoot as __findRoot } from '${SDK}/lifecycle/root';
import { Stream as __Stream, findSlot as __findSlot, overwriteSlot as __overwriteSlot, passingSlot as __passingSlot, takeSlot as __takeSlot } from '${SDK}/lifecycle/stream';
import { refuseConnection as __refuseConnection, refuseRequest as __refuseRequest } from '${SDK}/lifecycle/unavailable';
export { proxy_abi_version_0_2_1, proxy_on_memory_allocate } from '${SDK}/lifecycle/index';
`;

export function writeExports(filter) {
  const { base } = filter;
  const firsts = Object.keys(streams[base]).filter((callback) => filter.instance.has(callback));
  const configured = filter.static.has('configure') || filter.static.has('configureText');
  // The slot must live on where anything of the stream is asked for after its first callback.
  const kept = filter.fields > 0 || [...filter.instance.keys()].some((callback) => callback !== beginning[base]);
  const module = { ...filter, configured, kept, refusing: firsts[0] };
  return [
    imports,
    table(module),
    create(module),
    remove(module),
    configure(module),
    vmStart(module),
    ...Object.entries({ ...streams[base], ...ends }).map(([callback, shape]) => onStream(module, callback, shape)),
    ...Object.entries(answers).map(([callback, shape]) => onAnswer(module, callback, shape)),
    ...Object.entries(roots).map(([callback, shape]) => onRoot(module, callback, shape)),
  ].join('\n');
}

const beginning = { HttpFilter: 'onRequestHeaders', TcpFilter: 'onNewConnection' };

const placesOf = ({ kept }) => (kept ? PLACES_KEPT : PLACES_PASSING);

function table({ name, kept, configured, instance }) {
  if (!instance.size) return '';
  const find =
    kept || configured
      ? `${kept ? '__findSlot' : '__passingSlot'}(__TABLE, offsetof<${name}>(), ${placesOf({ kept })}, id)`
      : '__alone(id)';
  // A slot without a plugin in force is none: the filter does not know what it shall do.
  const check = configured ? 'slot && slot.plugin ? slot : null' : 'slot';
  const memory =
    kept || configured
      ? `const __TABLE: usize = memory.data(offsetof<${name}>() * ${placesOf({ kept })}, 8);`
      : `const __TABLE: usize = memory.data(offsetof<${name}>(), 8);
function __alone(id: u32): __Stream { const stream = changetype<__Stream>(__TABLE); stream.id = id; return stream; }`;
  return `${memory}
function __slotOf(id: u32): ${name} | null { const slot: __Stream | null = ${find}; return changetype<${name} | null>(${check}); }`;
}

function create({ name, kept, configured, instance }) {
  const slots = instance.size && (kept || configured);
  if (!slots && !configured) return '';
  const take = kept ? '__takeSlot' : '__overwriteSlot';
  return `export function proxy_on_context_create(id: u32, parent: u32): void {
  ${slots ? `if (parent) return ${take}(__TABLE, offsetof<${name}>(), ${placesOf({ kept })}, id, parent);` : 'if (parent) return;'}
  __createRoot(id);
}`;
}

function remove({ name, kept, instance, static: statics }) {
  if (!kept && !statics.has('onDelete')) return '';
  const slot = kept
    ? `const slot = __findSlot(__TABLE, offsetof<${name}>(), ${PLACES_KEPT}, id);
  if (slot) {
    ${instance.has('onDelete') ? `__enter(); changetype<${name}>(slot).onDelete();` : ''}
    slot.id = 0;
  }`
    : '';
  return `export function proxy_on_delete(id: u32): void {
  ${slot}
  ${statics.has('onDelete') ? `__enter(); ${name}.onDelete(id);` : ''}
}`;
}

function configure({ name, static: statics }) {
  const byText = statics.has('configureText');
  if (!byText && !statics.has('configure')) return '';
  const [method, parameters, call] = byText
    ? ['__configuredByText', 'arena: __Arena, text: __Slice', `${name}.configureText(arena, text)`]
    : ['__configured', 'decoder: __Decoder, value: __Value | null', `${name}.configure(decoder, value)`];
  return `function __configure(${parameters}): usize { return changetype<usize>(${call}); }
export function proxy_on_configure(root: u32, length: u32): u32 { __enter(); return ${method}(root, length, __configure); }`;
}

function vmStart({ name, static: statics }) {
  if (!statics.has('onVmStart')) return '';
  return `export function proxy_on_vm_start(root: u32, length: u32): u32 { __enter(); return ${name}.onVmStart(length) ? 1 : 0; }`;
}

function onStream({ name, base, instance, static: statics, refusing }, callback, { host, parameters, returns }) {
  const isStatic = statics.has(callback);
  if (callback === 'onDelete' || (!isStatic && !instance.has(callback))) return '';
  const head = `export function ${host}(${list([['id', 'u32'], ...parameters])}): ${returns[0] === 'void' ? 'void' : 'u32'} {
  __enter();`;
  const taken = (isStatic ? statics : instance).get(callback).signature.parameters.length;
  const given = parameters.slice(0, isStatic ? Math.max(taken - 1, 0) : taken).map(argument);
  if (isStatic)
    return `${head} ${result(returns, `${name}.${callback}(${[...(taken ? ['id'] : []), ...given].join(', ')})`)} }`;
  const refuse = statics.has('onUnavailable')
    ? `${name}.onUnavailable(${statics.get('onUnavailable').signature.parameters.length ? 'id' : ''})`
    : base === 'HttpFilter'
      ? '__refuseRequest(id)'
      : '__refuseConnection(id)';
  // What comes later of a stream that was refused here passes: the refusal itself does.
  const without =
    { void: 'return;', bool: 'return 1;' }[returns[0]] ??
    `return ${callback === refusing ? refuse : '__Action.CONTINUE'};`;
  return `${head}
  const filter = __slotOf(id);
  if (!filter) ${without}
  ${result(returns, `filter.${callback}(${given.join(', ')})`)}
}`;
}

function onAnswer({ name, instance, static: statics }, callback, { host, parameters, returns }) {
  if (statics.has(callback)) return onRoot({ name, static: statics }, callback, { host, parameters, returns });
  const method = instance.get(callback);
  if (!method) return '';
  const given = parameters.slice(0, method.signature.parameters.length).map(argument);
  return `export function ${host}(${list([['root', 'u32'], ...parameters])}): void {
  __enter();
  const id = __streamAwaiting(token, ${lastAnswers.has(callback)});
  const filter = __slotOf(id);
  if (!filter) return;
  __setEffectiveContext(id);
  filter.${callback}(${given.join(', ')});
}`;
}

function onRoot({ name, static: statics }, callback, { host, parameters }) {
  if (!statics.has(callback)) return '';
  const { parameters: declared } = statics.get(callback).signature;
  const given = parameters.slice(0, Math.max(declared.length - 1, 0)).map(argument);
  const type = declared[0]?.type.range.toString();
  return `export function ${host}(${list([['root', 'u32'], ...parameters])}): void {
  __enter();
  const known = __findRoot(root);
  if (!known || !known.settings) return;
  ${name}.${callback}(${[...(type ? [`changetype<${type}>(known)`] : []), ...given].join(', ')});
}`;
}

const list = (parameters) => parameters.map(([name]) => `${name}: u32`).join(', ');
const argument = ([name, type]) => (type === 'bool' ? `${name} != 0` : name);

function result([type], call) {
  if (type === 'void') return `${call};`;
  return type === 'bool' ? `return ${call} ? 1 : 0;` : `return ${call};`;
}
