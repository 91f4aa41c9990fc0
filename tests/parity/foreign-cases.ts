/** What is asked of a foreign filter in one request, and of what is behind it. */
export interface ForeignCase {
  name: string;
  method?: string;
  path?: string;
  headers?: [name: string, value: string][];
  body?: string;
  /** The filter pauses for good. */
  stays?: true;
  /** Whether the application got the request before its body was cut off depends on the moment. */
  cutsOff?: true;
}

/** A request whose script the filters of Rust and Go run; see tests/foreign. */
function scripted(name: string, steps: string, more: Omit<ForeignCase, 'name'> = {}): ForeignCase {
  return { name, ...more, headers: [['x-script', steps], ...(more.headers ?? [])] };
}

const body = { method: 'POST', body: 'the body of a request' };

/** In the words that both SDKs have. */
const both: ForeignCase[] = [
  { name: 'nothing is asked' },
  scripted(
    'a header, a pseudo header, an absent one',
    'request get request x-a; request get request :path; request get request x-none',
    { headers: [['x-a', 'b']] },
  ),
  scripted('a repeated header: its first value', 'request get request x-a', {
    headers: [
      ['x-a', '1'],
      ['x-a', '2'],
    ],
  }),
  scripted('all headers', 'request all request', {
    headers: [
      ['X-Mixed', 'Case'],
      ['x-empty', ''],
    ],
  }),
  scripted(
    'a header set, added, removed',
    'request set request x-a 1; request add request x-a 2; request remove request x-b',
    {
      headers: [
        ['x-a', '0'],
        ['x-b', '0'],
      ],
    },
  ),
  scripted('a header that was not there is set', 'request set request x-new 1; request get request x-new'),
  scripted('a header with capitals is set', 'request set request X-New 1; request get request x-new'),
  scripted('an absent header is removed', 'request remove request x-none'),
  scripted('the path is set', 'request set request :path /other; request get request :path'),
  scripted('the method is set', 'request set request :method PUT'),
  scripted('the authority is set', 'request set request :authority elsewhere.example'),
  scripted('an inline header is added to', 'request add request user-agent b', { headers: [['user-agent', 'a']] }),
  scripted('a cookie is added', 'request add request cookie b=2', { headers: [['cookie', 'a=1']] }),
  scripted('the content length is removed', 'request remove request content-length', body),
  scripted(
    'the map is replaced',
    'request replace request :method=GET :path=/replaced :authority=a :scheme=http x-a=1',
  ),
  scripted('the answer: all headers', 'response all response'),
  scripted(
    'the answer: set, added, removed',
    'response set response x-a 1; response add response x-a 2; response remove response x-application',
  ),
  scripted('the answer: a status of its own', 'response set response :status 418'),
  scripted('the answer: server and date', 'response set response server mine; response remove response date'),
  scripted('the answer: the map is replaced', 'response replace response :status=201 x-a=1'),
  scripted('response headers asked for in the request', 'request get response :status; request all response'),
  scripted('request headers asked for in the answer', 'response get request :path; response set request x-late 1'),
  scripted('headers asked for at the log', 'log get request :path; log get response :status; log all response'),
  scripted(
    'trailers where there are none',
    'request all request-trailers; request get request-trailers x; response all response-trailers',
  ),
  scripted('a body read as it comes', 'request-end body request 0 100', body),
  scripted(
    'a part of a body',
    'request-end body request 4 4; request-end body request 100 4; request-end body request 0 0',
    body,
  ),
  scripted('a body asked for too early', 'request body request 0 10', body),
  scripted("the answer's body read", 'response-end body response 0 100'),
  scripted("the answer's body asked for in the request", 'request body response 0 10'),
  scripted('a reply in the request', 'request reply 403 no'),
  scripted('a reply, then headers', 'request reply 403 no; request set request x-a 1; request get request x-a'),
  scripted('two replies', 'request reply 403 no; request reply 404 never'),
  scripted('a reply and a pause', 'request reply 429 slow; request pause'),
  scripted('a reply of 200', 'request reply 200 fine'),
  scripted('a reply of 204', 'request reply 204 nothing'),
  scripted('a reply to a gRPC call', 'request reply 403 no', {
    method: 'POST',
    headers: [['content-type', 'application/grpc']],
  }),
  scripted('a reply in the body', 'request-end reply 413 large; request-end pause', { ...body, cutsOff: true }),
  scripted('a reply in the answer', 'response reply 502 bad; response pause'),
  scripted('the answer to a reply changed', 'request reply 403 no; request pause; response set response x-seen yes'),
  scripted(
    'a property of each kind',
    [
      'request.path',
      'request.method',
      'request.host',
      'request.scheme',
      'request.protocol',
      'request.total_size',
      'request.size',
      'request.headers.x-a',
      'source.address',
      'connection.mtls',
      'plugin_name',
      'plugin_root_id',
      'plugin_vm_id',
      'cluster_name',
      'route_name',
      'xds.route_name',
      'xds.cluster_name',
      'xds.virtual_host_name',
      'xds.upstream_host_metadata',
      'node.id',
      'node.cluster',
      'listener_direction',
      'no.such.thing',
      'request',
      'request.query',
      'request.url_path',
      'request.useragent',
      'request.referer',
    ]
      .map((name) => `request property ${name}`)
      .join('; '),
    { headers: [['x-a', 'b']], path: '/p?q=1' },
  ),
  scripted(
    'properties of the answer',
    [
      'response.code',
      'response.flags',
      'response.grpc_status',
      'response.size',
      'response.code_details',
      'response.headers.x-application',
      'upstream.address',
      'response.trailers',
    ]
      .map((name) => `log property ${name}`)
      .join('; '),
  ),
  scripted(
    'a property set and read',
    'request set-property mine.own value; request property mine.own; response property mine.own',
  ),
  scripted(
    'shared data: written, read',
    'request share a one; request shared a; request swap a two 999999; request shared a',
  ),
  scripted('shared data: absent, empty name', 'request shared none'),
  scripted('shared data: still there', 'request shared a'),
  scripted(
    'a queue: in and out',
    'request enqueue q one; request enqueue q two; request dequeue q; request dequeue q; request dequeue q',
  ),
  scripted('a queue of nobody', 'request resolve foreign none'),
  scripted('a counter', 'request count foreign_counter 1; request count foreign_counter 41'),
  scripted('a gauge', 'request gauge foreign_gauge 5; request gauge foreign_gauge -2'),
  scripted(
    'log levels',
    'request log trace t; request log debug d; request log info i; request log warn w; request log error e; request log critical c',
  ),
  scripted('standard output and error', 'request print hello'),
  scripted('a foreign function that is not there', 'request foreign none x'),
  scripted('foreign: compress and uncompress', 'request foreign uncompress x'),
  scripted('a callout, answered', 'request call application /callout; request pause; call resume-request'),
  scripted('a callout without waiting', 'request call application /callout'),
  scripted('a callout to a cluster that is not there', 'request call none /callout'),
  scripted('a callout to nobody', 'request call nobody /callout; request pause; call resume-request'),
  scripted('a callout, then a reply', 'request call application /callout; request pause; call reply 403 asked'),
  scripted('a callout in the answer', 'response call application /callout; response pause; call resume-response'),
  scripted(
    'a callout with a status of its own',
    'request call application /status/503; request pause; call resume-request',
  ),
  scripted(
    'headers changed after a callout',
    'request call application /callout; request pause; call set request x-late 1; call resume-request',
  ),
  scripted('the application says 503', 'response get response :status', { path: '/status/503' }),
  scripted('the application cuts the connection', 'response get response :status', { path: '/cut' }),
  scripted('a trap in the request', 'request panic'),
  scripted('after the trap', 'request get request :path'),
  scripted('a trap in the body', 'request-end panic', { ...body, cutsOff: true }),
  scripted('after that trap', 'request get request :path'),
  scripted('a trap in the answer', 'response panic'),
  scripted('after that trap too', 'request get request :path'),
  scripted('a trap after a reply', 'request reply 403 no; request panic'),
  scripted('a trap at the log', 'log panic'),
  scripted('and after all', 'request all request'),
];

export const rustCases: ForeignCase[] = [
  ...both,
  scripted('a body written over', 'request-end write request 0 3 A; response-end write response 0 5 hallo', body),
  scripted(
    'a body written at its end and its start',
    'request-end write request 21 0 !; request-end write request 0 0 ?',
    body,
  ),
  scripted('the log level', 'request level'),
  scripted('the effective context of nobody', 'request context 0'),
  scripted('a gauge recorded', 'request record foreign_recorded 7; request record foreign_recorded 9'),
  scripted('a gRPC reply', 'request grpc-reply 7 no', {
    method: 'POST',
    headers: [['content-type', 'application/grpc']],
  }),
  scripted('configurations as buffers', 'request body plugin 0 100; request body vm 0 100'),
];

export const goCases: ForeignCase[] = [
  ...both,
  scripted(
    'a body with more before and behind',
    'request-end append request -behind; request-end prepend request before-',
    body,
  ),
  scripted("the answer's body written over", 'response-end overwrite response new'),
];

const phases: [letter: string, what: string, request: Omit<ForeignCase, 'name'>][] = [
  ['h', 'request headers', {}],
  ['b', 'request body', { ...body, cutsOff: true }],
  ['H', 'response headers', {}],
  ['B', 'response body', {}],
];
/** Where it makes a callback pause for good is said by its letter. */
const wishes: [wish: string, what: string, staysIn: string][] = [
  ['0', 'returns 0', ''],
  ['2', 'returns 2', 'bB'],
  ['5', 'returns 5', 'hbHB'],
  ['x', 'traps', ''],
  ['r', 'replies and pauses', ''],
  ['k', 'replies and says continue', ''],
  ['p', 'continues at once, and pauses', 'H'],
];

/** Each callback with each thing it can do, and what is done in several. */
export const watCases: ForeignCase[] = phases.flatMap(([letter, callback, request]) =>
  wishes.map(
    ([wish, what, staysIn]): ForeignCase => ({
      name: `${callback}: ${what}`,
      ...request,
      headers: [['x-actions', letter + wish]],
      ...(staysIn.includes(letter) ? { stays: true } : {}),
    }),
  ),
);
const several = ['lx', 'dx', 'l3', 'd0', 'hrHx', 'hrHr', 'hkHk', 'hkHr', 'brHx', 'hrBr', 'b1', 'H0B0b0h0'];
/** The simulator's silence: see the differences in foreign.test.ts. */
const silent = ['hrHr', 'hkHk', 'hkHr', 'hrBr'];
watCases.push(
  ...several.map(
    (actions): ForeignCase => ({
      name: `actions ${actions}`,
      headers: [['x-actions', actions]],
      ...(silent.includes(actions) ? { stays: true } : {}),
    }),
  ),
  { name: 'actions B1', headers: [['x-actions', 'B1']], stays: true },
);
