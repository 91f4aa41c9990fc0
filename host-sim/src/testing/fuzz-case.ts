import type { SeededRandom } from '../process/random.js';

const NAMES = [
  'host',
  'x-a',
  'X-A',
  'cookie',
  'accept',
  ':path',
  ':method',
  ':status',
  'content-length',
  'x-new',
  'server',
  'nope',
];
const VALUES = ['', '1', 'v', 'a,b', '/x', 'GET', '200', 'z'];
const PROPERTIES = [
  'request~path',
  'request~headers~x-a',
  'request~host',
  'request~size',
  'response~code',
  'response~flags',
  'response~headers~server',
  'xds~cluster_name',
  'xds~route_name',
  'plugin_name',
  'm',
  'm~n',
  'nope',
  'request',
  'connection~mtls',
  'response~code_details',
  'request~protocol',
  'response~grpc_status',
];
const FUNCTIONS = [
  'compress abc',
  'uncompress abc',
  'clear_route_cache',
  'nope x',
  'expr_create 1',
  'expr_evaluate %00',
  'declare_property %ff',
  'verify_signature',
  'sign',
  'set_envoy_filter_state %0a%01x',
];
/** Numbers at which host calls change their minds. */
const NUMBERS = ['0', '1', '2', '3', '5', '7', '8', '9', '99', '4294967295'];

/** One command of the probe. What stops the stream for good, kills Envoy, or depends on real time is left out. */
function command(random: SeededRandom, phase: string): string {
  const one = (list: readonly string[]): string => list[random.below(list.length)] as string;
  const map = () => one(['0', '0', '2', '2', '1', '3', '4', '6', '7', '8', '99']);
  const commands: (() => string)[] = [
    () => `get ${map()} ${one(NAMES)}`,
    () => `add ${map()} ${one(NAMES.slice(0, 5).concat('x-new'))} ${one(VALUES)}`,
    () => `rep ${map()} ${one(['x-a', 'x-new', 'accept', 'cookie'])} ${one(VALUES)}`,
    () => `rem ${map()} ${one(['x-a', 'x-new', 'accept', 'nope', 'cookie'])}`,
    () => `pairs ${map()}`,
    () => `size ${map()}`,
    () => `setjunk ${one(['1', '3', '4', '6', '8'])} junk`,
    () => `prop ${one(PROPERTIES)}`,
    () => `setprop ${one(['m', 'm~n', 'request', 'k'])} ${one(VALUES)}`,
    () => `buf ${one(NUMBERS)} ${one(NUMBERS)} ${one(NUMBERS)}`,
    () => `bufstat ${one(NUMBERS)}`,
    () => `setbuf ${one(['4', '5', '6', '7', '8', '9', '2', '3'])} ${one(NUMBERS)} ${one(NUMBERS)} z`,
    () => `sdget ${one(['k1', 'k2', 'nope'])}`,
    () => `sdset ${one(['k1', 'k2'])} ${one(VALUES)} ${one(['0', '0', '1', '9999'])}`,
    () => `def ${one(['0', '1', '2', '3'])} metric_${one(['a', 'b'])}`,
    () => `inc ${one(['4', '5', '6', '7', '400'])} ${one(['1', '0', '-1', '5'])}`,
    () => `rec ${one(['4', '5', '6', '7', '401'])} ${one(['1', '0', '5'])}`,
    () => `getm ${one(['6', '7', '400', '401'])}`,
    () => `eff ${one(['0', '1', '999999'])}`,
    () => 'self',
    () => 'done',
    () => 'status',
    () => `log ${one(NUMBERS)} text`,
    () => 'logbad',
    () => 'getbad',
    () => `ff ${one(FUNCTIONS)}`,
    () => `qreg ${one(['q1', 'q2'])}`,
    () => `qres ${one(['', 'other', 'tollgate'])} ${one(['q1', 'q2', 'q3'])}`,
    () => `deq ${one(['1', '2', '77'])}`,
    () => `fdw ${one(['0', '1', '2', '3'])} text`,
    () => `fdstat ${one(['0', '1', '2', '3'])}`,
    () => `clock ${one(['0', '1', '2', '3'])}`,
    () => `gsend ${one(NUMBERS)} x`,
    () => `gcancel ${one(NUMBERS)}`,
    () => `gclose ${one(NUMBERS)}`,
    () => `call ${one(['nowhere', ''])} :method=GET,:path=/,:authority=a`,
    () => 'gcall nowhere a.B C',
    ...(phase === 'req'
      ? [
          () =>
            `reply ${one(['200', '204', '403', '503'])} d ${one(['', 'text'])} ${one(['', 'x-r=1', 'server=me'])} ${one(['', '7', '99'])}`,
        ]
      : []),
  ];
  return (commands[random.below(commands.length)] as () => string)();
}

const script = (random: SeededRandom, phase: string, most: number): string =>
  Array.from({ length: random.below(most + 1) }, () => command(random, phase)).join('|');

/** The bytes of one request, which says what the filter does with it. */
export function fuzzRequest(random: SeededRandom): string {
  const headers = [
    'x-a: one',
    'x-a: two',
    'accept: */*',
    'cookie: c=1',
    'content-type: application/grpc',
    'x-new: 0',
  ].filter(() => random.below(3) === 0);
  const scripts = ['req', 'res', 'log', 'done'].map((phase) => `x-do-${phase}: ${script(random, phase, 6)}`);
  const method = ['GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'DELETE'][random.below(6)];
  return `${method} /p${random.below(3)}?q=1 HTTP/1.1\r\nHost: fuzz\r\n${[...headers, ...scripts].join('\r\n')}\r\n\r\n`;
}
