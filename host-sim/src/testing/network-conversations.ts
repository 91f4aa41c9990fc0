import type { Conversation, Step } from './conversation.js';

const client = (text: string): Step => ['client', text];
const upstream = (text: string): Step => ['upstream', text];
const does = (scripts: Record<string, string>): Step =>
  client(
    `DO ${Object.entries(scripts)
      .map(([phase, script]) => `${phase}=${script}`)
      .join(';;;')}`,
  );
const DOWN = 'buf 2 0 200|bufstat 2|buf 3 0 9|bufstat 3';
const UP = 'buf 3 0 200|bufstat 3|buf 2 0 9';
const PROPS =
  'prop source~address|prop destination~address|prop connection_id|prop connection~id|prop connection~mtls|prop xds~listener_direction|prop xds~cluster_name|prop xds~filter_chain_name|prop request~path|prop response~code|prop upstream~address|prop plugin_name|prop request~protocol|prop request~time|prop source~port|get 0 host|pairs 0|add 0 a b|get 2 :status|setprop m v|prop m|status';
const both: Step[] = [client('ping'), upstream('pong')];
const ends: Step[] = [client('close')];

export const NETWORK: Conversation[] = [
  { name: 'tcp passes', steps: [client('hello'), upstream('world'), client('more'), upstream('again'), ...ends] },
  { name: 'tcp reads', steps: [does({ down: DOWN, up: UP }), ...both, ...ends] },
  {
    name: 'tcp properties',
    steps: [does({ down: PROPS, up: PROPS, dclose: PROPS, log: PROPS, done: PROPS }), ...both, ...ends],
  },
  {
    name: 'tcp edits',
    steps: [
      does({
        down: 'setbuf 2 0 999 gone;;setbuf 2 0 0 <|setbuf 2 99 0 >;;setbuf 2 0 2 X|setbuf 2 1 1 Y',
        up: 'setbuf 3 0 0 [|setbuf 3 99 0 ]',
      }),
      ...both,
      client('ping'),
      ...ends,
    ],
  },
  {
    name: 'tcp holds',
    steps: [does({ down: `ret 1;;${DOWN}|ret 1;;${DOWN}` }), client('ping'), client('pong'), upstream('x'), ...ends],
  },
  {
    name: 'tcp holds answers',
    steps: [does({ up: `ret 1;;${UP}|ret 1;;${UP}` }), upstream('ping'), upstream('pong'), upstream('pang'), ...ends],
  },
  {
    name: 'tcp holds and continues',
    steps: [does({ down: 'ret 1;;cont 2' }), client('ping'), client('pong'), ...ends],
  },
  {
    name: 'tcp holds answers and continues',
    steps: [does({ up: 'ret 1;;cont 3' }), upstream('ping'), upstream('pong'), ...ends],
  },
  {
    name: 'tcp holds, continued by an answer',
    steps: [does({ down: ';;ret 1', up: 'cont 2' }), client('ping'), upstream('pong'), ...ends],
  },
  { name: 'tcp closes', steps: [does({ down: ';;close 2' }), client('ping'), client('pong')] },
  { name: 'tcp closes upstream', steps: [does({ down: ';;close 3' }), client('ping'), client('pong')] },
  { name: 'tcp closes in an answer', steps: [does({ up: 'close 2' }), upstream('pong')] },
  { name: 'tcp closes upstream in an answer', steps: [does({ up: 'close 3' }), upstream('pong')] },
  {
    name: 'tcp http calls',
    steps: [does({ down: 'cont 0|cont 1|close 0|close 1|cont 4|close 4|reply 403 d nope' }), client('ping'), ...ends],
  },
  {
    name: 'tcp client ends',
    steps: [does({ down: DOWN, dclose: DOWN, uclose: UP }), client('end'), upstream('bye'), upstream('close')],
  },
  {
    name: 'tcp upstream ends',
    steps: [does({ up: UP, dclose: DOWN, uclose: UP }), upstream('bye'), upstream('end'), client('x'), client('close')],
  },
  {
    name: 'tcp upstream breaks',
    steps: [does({ up: UP, dclose: DOWN, uclose: UP }), upstream('bye'), upstream('close')],
  },
  { name: 'tcp client breaks, held', steps: [does({ down: 'ret 1' }), client('ping'), ...ends] },
  { name: 'tcp upstream breaks, held', steps: [does({ up: 'ret 1' }), upstream('bye'), upstream('close')] },
  { name: 'tcp next connection waits', steps: [does({ new: `${PROPS}|ret 1` }), ...ends] },
  { name: 'tcp waits', steps: [client('hello'), client('more'), ...ends] },
  { name: 'tcp next connection continues itself', steps: [does({ new: 'cont 2|ret 1' }), ...ends] },
  { name: 'tcp continues itself', steps: [client('hello'), client('more'), upstream('x'), ...ends] },
  { name: 'tcp next connection is closed', steps: [does({ new: 'close 2' }), ...ends] },
  { name: 'tcp is closed', steps: [client('hello')] },
  { name: 'tcp next connection traps', steps: [does({ new: 'trap' }), ...ends] },
  { name: 'tcp traps', steps: [client('hello')] },
  { name: 'tcp after that trap', steps: [['wait', 1000], client('hello'), upstream('x'), ...ends] },
  { name: 'tcp trap in data', steps: [does({ down: ';;trap' }), client('hello'), upstream('x')] },
  { name: 'tcp after that one', steps: [['wait', 1000], client('hello'), upstream('x'), ...ends] },
  { name: 'tcp trap in an answer', steps: [does({ up: 'trap' }), upstream('x')] },
  { name: 'tcp after that too', steps: [['wait', 1000], client('hello'), upstream('x'), ...ends] },
  { name: 'tcp return 2', steps: [does({ down: 'ret 2;;ret 5;;ret 0' }), client('ping'), client('pong'), ...ends] },
];
