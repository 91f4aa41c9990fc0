import { CEL } from './cel-conversations.js';
import type { Conversation, Step } from './conversation.js';
import { GRPC } from './grpc-conversations.js';
import { NETWORK } from './network-conversations.js';

/** Conversations that share a bootstrap. */
export interface Setup {
  name: string;
  config?: string;
  plugin?: object;
  bufferLimitBytes?: number;
  /** Raw TCP through a network filter. */
  network?: boolean;
  /** Replayed in a Host: it has what the gateway refuses. */
  inHost?: boolean;
  conversations: Conversation[];
}

export const HEAD = 'Host: a\r\n';
/** A request's head; `scripts` are the x-do-* headers. */
const post = (scripts: Record<string, string>, framing = 'transfer-encoding: chunked', path = '/x'): Step => [
  'client',
  `POST ${path} HTTP/1.1\r\n${HEAD}${Object.entries(scripts)
    .map(([phase, script]) => `x-do-${phase}: ${script}\r\n`)
    .join('')}${framing}\r\n\r\n`,
];
export const get = (scripts: Record<string, string>): Step => [
  'client',
  `GET /x HTTP/1.1\r\n${HEAD}${Object.entries(scripts)
    .map(([phase, script]) => `x-do-${phase}: ${script}\r\n`)
    .join('')}\r\n`,
];
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const more = (text: string): Step => ['client', chunk(text)];
const END: Step = ['client', '0\r\n\r\n'];
const TRAILERS: Step = ['client', '0\r\nX-T: one\r\nx-u: two\r\n\r\n'];
export const ok = (body = 'ok'): Step => [
  'upstream',
  `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
];
const UP_HEAD: Step = ['upstream', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'];
const up = (text: string): Step => ['upstream', chunk(text)];
const UP_END: Step = ['upstream', '0\r\n\r\n'];
const UP_TRAILERS: Step = ['upstream', '0\r\nX-T: one\r\nx-u: two\r\n\r\n'];
const READ = 'buf 0 0 100|bufstat 0';
const READ_UP = 'buf 1 0 100|bufstat 1';

/** Two pieces and an end, with a script for the body callbacks. */
const pieces = (name: string, body: string, others: Record<string, string> = {}, last: Step = END): Conversation => ({
  name,
  steps: [post({ ...others, body }), more('hello '), more('world'), last, ok()],
});
const answers = (
  name: string,
  resbody: string,
  others: Record<string, string> = {},
  last: Step = UP_END,
): Conversation => ({
  name,
  steps: [get({ ...others, resbody }), UP_HEAD, up('hello '), up('world'), last],
});

const BODIES: Conversation[] = [
  pieces('body continue', READ),
  pieces('body buffer all', `${READ}|ret 1`),
  pieces('body buffer till end', `${READ}|ret 1;;${READ}|ret 1;;${READ}`),
  pieces('body watermark', `${READ}|ret 2;;${READ}|ret 2;;${READ}`),
  pieces('body drop', `${READ}|ret 3;;${READ}`),
  pieces('body drop all', `${READ}|ret 3`),
  pieces('body drop last', `${READ};;${READ};;${READ}|ret 3`),
  pieces('body 4 drops', `${READ}|ret 4;;${READ}`),
  pieces('body minus one', `${READ}|ret -1;;${READ}`),
  pieces('body buffer then continue', `ret 1;;${READ};;${READ}`),
  pieces('body buffer then drop', `ret 1;;${READ}|ret 3;;${READ}`),
  pieces('body buffer then watermark', `ret 1;;${READ}|ret 2;;${READ}`),
  pieces('body watermark then buffer', `ret 2;;${READ}|ret 1;;${READ}`),
  pieces('body prepend', `setbuf 0 0 0 A;;setbuf 0 0 0 B`),
  pieces('body replace', `setbuf 0 0 6 A;;setbuf 0 0 99 B;;setbuf 0 0 0 C`),
  pieces('body append', `setbuf 0 6 0 A;;setbuf 0 99 99 B;;setbuf 0 1 0 C`),
  pieces('body partial', `setbuf 0 0 3 A|setbuf 0 2 3 A|setbuf 0 5 1 A|${READ}`),
  pieces(
    'body read ranges',
    'buf 0 2 2|buf 0 0 0|buf 0 6 1|buf 0 7 1|buf 0 5 99|buf 0 4294967295 2|buf 1 0 9|buf 2 0 9|buf 3 0 9|buf 5 0 9|buf 8 0 9|buf 9 0 9|bufstat 1|bufstat 4|bufstat 9',
  ),
  pieces('body buffered edit', `ret 1;;setbuf 0 0 0 <|setbuf 0 11 0 >|${READ}|ret 1;;setbuf 0 0 99 all|${READ}`),
  pieces('headers in body', 'get 0 host|pairs 0|add 0 a b|size 0|prop request~size|prop request~path'),
  pieces('headers pause', READ, { req: 'ret 1' }),
  pieces('reply in body', 'reply 403 d nope'),
  pieces('reply in last body', `ret 1;;ret 1;;reply 403 d nope`),
  pieces('reply in second body', `;;reply 403 d nope`),
  pieces('trap in body', 'trap'),
  pieces('close in body', 'close 0'),
  pieces('continue in body', 'cont 0|ret 1'),
  pieces('continue in headers', READ, { req: 'cont 0' }),
  pieces('continue in headers and stop', READ, { req: 'cont 0|ret 1' }),
  pieces(
    'trailers',
    READ,
    { trail: 'pairs 1|get 1 x-t|get 1 X-U|size 1|rep 1 x-v 3|get 0 host', log: 'pairs 1|get 1 x-t' },
    TRAILERS,
  ),
  pieces('trailers, body held', 'ret 1', { trail: `${READ}|setbuf 0 0 99 all|pairs 1` }, TRAILERS),
  pieces('trailers stop', READ, { trail: 'ret 1' }, TRAILERS),
  pieces('trailers stop and continue', READ, { trail: 'cont 0|ret 1' }, TRAILERS),
  pieces('trailers reply', READ, { trail: 'reply 403 d nope' }, TRAILERS),
  pieces('trailers held reply', 'ret 1', { trail: 'reply 403 d nope' }, TRAILERS),
  pieces('trailers trap', READ, { trail: 'trap' }, TRAILERS),
  pieces('trailers close', READ, { trail: 'close 0' }, TRAILERS),
  pieces('trailers headers pause', READ, { req: 'ret 1', trail: 'pairs 1' }, TRAILERS),
  pieces('make trailers', `;;;;add 1 x-made 1|rep 1 x-made2 2|get 1 x-made|pairs 1|size 1`),
  pieces('make trailers early', `add 1 x-made 1|get 1 x`),
  pieces('make trailers held', `ret 1;;ret 1;;add 1 x-made 1`, { trail: 'pairs 1' }),
  {
    name: 'body of known length',
    steps: [post({ body: READ }, 'content-length: 4'), ['client', 'ab'], ['client', 'cd'], ok()],
  },
  {
    name: 'body with the head',
    steps: [post({ body: READ }, 'content-length: 4\r\n\r\nabcd'.slice(0, 17)), ['client', 'abcd'], ok()],
  },
  {
    name: 'all at once',
    steps: [
      [
        'client',
        `POST /x HTTP/1.1\r\n${HEAD}x-do-body: ${READ}\r\ntransfer-encoding: chunked\r\n\r\n${chunk('abc')}${chunk('def')}0\r\n\r\n`,
      ],
      ok(),
    ],
  },
  { name: 'client leaves in body', steps: [post({ body: `${READ}|ret 1` }), more('hello'), ['client', 'close']] },
  { name: 'client leaves before answer', steps: [post({ body: READ }), more('hello'), END, ['client', 'close']] },
  { name: 'client leaves paused', steps: [get({ req: 'ret 1' }), ['client', 'close']] },
  { name: 'early answer', steps: [post({ body: READ }), more('hello'), ok('early')] },
  { name: 'no body', steps: [get({ body: READ, req: `${READ}|setbuf 0 0 0 x` }), ok()] },
];

const RESPONSES: Conversation[] = [
  answers('response body continue', READ_UP),
  answers('response body buffer', `${READ_UP}|ret 1;;${READ_UP}|ret 1;;${READ_UP}`),
  answers('response body watermark', `${READ_UP}|ret 2;;${READ_UP}|ret 2;;${READ_UP}`),
  answers('response body drop', `${READ_UP}|ret 3;;${READ_UP}`),
  answers('response body drop last', `;;;;ret 3`),
  answers('response body replace', `setbuf 1 0 99 A;;setbuf 1 0 0 <|setbuf 1 99 0 >`),
  answers('response body all replaced', `ret 1;;ret 1;;setbuf 1 0 99 all|${READ_UP}`),
  answers('response headers pause', READ_UP, { res: 'ret 1' }),
  answers('response reply in body', 'reply 403 d nope'),
  answers('response reply, body held', `ret 1;;reply 403 d nope`, { res: 'ret 0' }),
  answers('response trap in body', 'trap'),
  answers('response close in body', 'close 1'),
  answers('response continue in headers', READ_UP, { res: 'cont 1|ret 1' }),
  answers(
    'response trailers',
    READ_UP,
    { restrail: 'pairs 3|get 3 x-t|size 3|rep 3 x-v 3|get 2 :status', log: 'pairs 3|get 3 x-t|rep 3 a b' },
    UP_TRAILERS,
  ),
  answers('response trailers stop', READ_UP, { restrail: 'cont 1|ret 1' }, UP_TRAILERS),
  answers('response trailers held', 'ret 1', { restrail: `${READ_UP}|setbuf 1 0 99 all` }, UP_TRAILERS),
  answers('response trailers reply', READ_UP, { restrail: 'reply 403 d nope' }, UP_TRAILERS),
  answers('response make trailers', `;;;;add 3 x-made 1|get 3 x-made`),
  answers('response size', 'prop response~size|prop response~code|get 2 :status|get 0 host'),
  { name: 'response of known length', steps: [get({ resbody: READ_UP }), ok('hello')] },
  {
    name: 'response without body',
    steps: [get({ resbody: READ_UP }), ['upstream', 'HTTP/1.1 204 No Content\r\n\r\n']],
  },
  {
    name: 'response changed length',
    steps: [get({ res: 'rem 2 content-length', resbody: 'setbuf 1 0 0 more' }), ok('hello')],
  },
  {
    name: 'reply has a body callback',
    steps: [get({ req: 'reply 403 d nope', resbody: `${READ_UP}|setbuf 1 0 99 changed` })],
  },
  { name: 'reply held in its body', steps: [get({ req: 'reply 403 d nope', resbody: 'cont 1|ret 1' })] },
  { name: 'reply, trap in its headers', steps: [get({ req: 'reply 403 d nope', res: 'trap' })] },
  { name: 'after that trap', steps: [['wait', 1000], get({}), ok()] },
  { name: 'upstream breaks in body', steps: [get({ resbody: READ_UP }), UP_HEAD, up('hello'), ['upstream', 'close']] },
  {
    name: 'upstream breaks, body held',
    steps: [get({ resbody: `${READ_UP}|ret 1` }), UP_HEAD, up('hello'), ['upstream', 'close']],
  },
  { name: 'upstream breaks before head', steps: [get({ resbody: READ_UP }), ['upstream', 'close']] },
  { name: 'client leaves in response', steps: [get({ resbody: READ_UP }), UP_HEAD, up('hello'), ['client', 'close']] },
];

const pausing = (name: string, body: string, req = 'ret 1', last: Step = END, trail = ''): Conversation => ({
  name,
  steps: [post({ req, body, ...(trail ? { trail } : {}) }), more('hello '), more('world'), last, ok()],
});
const ALLOWED: Conversation[] = [
  pausing('allowed: stop, body continues', READ),
  pausing('allowed: stop, body held till end', `ret 1;;ret 1;;${READ}`),
  pausing('allowed: stop all', READ, 'ret 4'),
  pausing('allowed: stop all buffer', READ, 'ret 3'),
  pausing('allowed: 5', READ, 'ret 5'),
  pausing('allowed: headers in body', 'get 0 host|rep 0 x-new 1|ret 1;;rep 0 x-new 2|get 0 x-new;;get 0 x-new'),
  pausing('allowed: trailers let go', 'ret 1', 'ret 1', TRAILERS, 'rep 0 x-late 1|pairs 1'),
  pausing('allowed: continue in body', 'cont 0|ret 1'),
  { name: 'allowed: get stays', steps: [get({ req: 'ret 1' }), ['wait', 50], ['client', 'close']] },
  answers('allowed: response stop, body continues', READ_UP, { res: 'ret 1' }),
  answers('allowed: response stop, body held', `ret 1;;ret 1;;rep 2 x-late 1|${READ_UP}`, { res: 'ret 1' }),
  {
    name: 'allowed: reply in held body',
    steps: [get({ res: 'ret 1', resbody: 'reply 403 d nope' }), UP_HEAD, up('hello')],
  },
];

const LONG = 'x'.repeat(3000);
const LIMITS: Conversation[] = [
  { name: 'limit: body buffered', steps: [post({ body: 'bufstat 0|ret 1' }), more(LONG), more(LONG)] },
  { name: 'limit: body buffered in one', steps: [post({ body: 'bufstat 0|ret 1' }), more(LONG + LONG)] },
  { name: 'limit: stop all buffer', steps: [post({ req: 'ret 3' }), more(LONG), more(LONG)] },
  { name: 'limit: passed through', steps: [post({ body: 'bufstat 0' }), more(LONG), more(LONG), END, ok()] },
  { name: 'limit: response buffered', steps: [get({ resbody: 'bufstat 1|ret 1' }), UP_HEAD, up(LONG), up(LONG)] },
  {
    name: 'limit: response buffered, head held',
    steps: [get({ res: 'ret 3', resbody: 'bufstat 1|ret 1' }), UP_HEAD, up(LONG), up(LONG)],
  },
];

const CALL = ':method=GET,:path=/c,:authority=c';
/** A request that waits for a callout's answer, and what it does with that. */
const calling = (name: string, call: string, answer: string, ...steps: Step[]): Conversation => ({
  name,
  steps: [get({ req: `${call}|ret 1|keep|${answer}` }), ...steps],
});
const READ_CALL =
  'pairs 6|get 6 :status|size 6|pairs 7|get 7 x-t|buf 4 0 999|bufstat 4|setbuf 4 0 0 x|add 6 a b|status|get 0 :path|self|get 0 :path';
const CALLED = (text: string): Step => ['callout', text];
const CALLOUTS: Conversation[] = [
  calling(
    'call answered',
    `call callout ${CALL}`,
    `${READ_CALL}|cont 0`,
    CALLED('HTTP/1.1 200 OK\r\nx-a: 1\r\ncontent-length: 5\r\n\r\nhello'),
    ok(),
  ),
  calling(
    'call answered, headers changed',
    `call callout ${CALL}`,
    'self|rep 0 x-new 1|cont 0|get 0 :path',
    CALLED('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'),
    ok(),
  ),
  calling(
    'call answered, refused',
    `call callout ${CALL}`,
    'self|reply 403 d nope',
    CALLED('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n'),
  ),
  calling(
    'call with a body',
    'call callout :method=POST,:path=/c,:authority=c,x-a=1 a_body',
    'self|cont 0',
    CALLED('HTTP/1.1 204 No Content\r\n\r\n'),
    ok(),
  ),
  calling(
    'call chunked answer',
    `call callout ${CALL}`,
    `${READ_CALL}|cont 0`,
    CALLED('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n'),
    ok(),
  ),
  calling('call timeout', `call callout ${CALL}  150`.replace('  ', '   '), `${READ_CALL}|cont 0`, ['wait', 200], ok()),
  calling('call broken', `call callout ${CALL}`, `${READ_CALL}|cont 0`, CALLED('close'), ok()),
  {
    name: 'call refused arguments',
    steps: [
      get({
        req: `call nowhere ${CALL}|call callout :path=/c,:authority=c|call callout :method=GET,:authority=c|call callout :method=GET,:path=/c|call callout ${CALL}   -1`,
      }),
      ok(),
    ],
  },
  calling(
    'call, client leaves, late answer',
    `call callout ${CALL}`,
    'self|cont 0|get 0 :path',
    ['client', 'close'],
    CALLED('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'),
  ),
  calling('call, two at once', `call callout ${CALL}|call callout ${CALL}   120`, 'self|cont 0', ['wait', 200], ok()),
];

const QUEUES: Conversation[] = [
  {
    name: 'queue',
    steps: [
      get({
        req: 'deq 77|enq 77 x|qres  nope|qres other q1|qreg q1|qreg q1|qres  q1|qres tollgate q1|deq 1|enq 1 one|enq 1 two|deq 1|on queue|deq 1',
      }),
      ok(),
    ],
  },
  { name: 'queue again', steps: [get({ req: 'enq 1 three' }), ok()] },
  {
    name: 'foreign',
    steps: [
      get({
        req: 'ff nope x|ff compress hello|ff uncompress junk|ff uncompress|ff clear_route_cache|ff set_envoy_filter_state %0a%01x%12%01y|ff set_envoy_filter_state %ff|ff declare_property %0a%01m|ff declare_property %0a%01m|ff declare_property %ff|setprop m v|prop m|status',
      }),
      ok(),
    ],
  },
];
const TICKS: Conversation[] = [
  {
    name: 'tick',
    steps: [
      get({ req: 'tick 100|on tick|tick 0|get 0 :path|prop plugin_name|done' }),
      ok(),
      ['wait', 150],
      ['wait', 150],
    ],
  },
];

export const SETUPS: Setup[] = [
  { name: 'network', inHost: true, network: true, conversations: NETWORK },
  { name: 'cel', inHost: true, conversations: CEL },
  { name: 'grpc', inHost: true, conversations: GRPC },
  { name: 'callouts', conversations: CALLOUTS },
  { name: 'queues', conversations: QUEUES },
  { name: 'ticks', conversations: TICKS },
  { name: 'bodies', conversations: [...BODIES, ...RESPONSES] },
  { name: 'allowed', plugin: { allow_on_headers_stop_iteration: true }, conversations: ALLOWED },
  { name: 'limits', bufferLimitBytes: 4096, conversations: LIMITS },
];

/** What the bootstrap of a setup is made of; the replay takes the same. */
export function inputOf(setup: Setup, upstream: number, callout: number, grpc?: number) {
  return {
    endpoints: [upstream],
    callout,
    grpc: setup.inHost ? grpc : undefined,
    config: setup.config,
    network: setup.network,
    plugin: setup.plugin,
    http1: { enable_trailers: true },
    listener: setup.bufferLimitBytes ? { per_connection_buffer_limit_bytes: setup.bufferLimitBytes } : {},
  };
}
