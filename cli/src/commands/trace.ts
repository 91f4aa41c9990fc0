import { readFileSync } from 'node:fs';
import {
  foldRepeats,
  formatTraceEntry,
  Host,
  type RequestInput,
  type SimResponse,
  SimulatorError,
  type TraceEntry,
} from '@tollgate/host-sim';
import { TollgateError } from '@tollgate/model';
import type { Output } from '../output.js';

export interface TraceOptions {
  config?: string;
  rootId?: string;
  request: string[];
  header: string[];
  data?: string;
  env: string[];
  callout: string[];
  answer: string;
  peer?: string;
  workers: string;
}

/** Prints the whole conversation between host and filter: from the start on, then request by request. */
export async function trace(file: string, options: TraceOptions, output: Output): Promise<void> {
  const requests = options.request.map((line) => readRequest(line, options));
  const answers = options.callout.map((text) => pair(text, '=', '--callout', 'authz=200'));
  const answer = readStatus(options.answer, '--answer');
  const statuses = answers.map(([, status]) => readStatus(status, '--callout'));
  const sim = await refusedAsInput(() =>
    Host.load(file, {
      config: options.config === undefined ? undefined : textOf(options.config),
      ...(options.rootId === undefined ? {} : { rootId: options.rootId }),
      env: Object.fromEntries(options.env.map((text) => pair(text, '=', '--env', 'NAME=value'))),
      workers: Number(options.workers),
      trace: true,
    }),
  );
  sim.setUpstream(() => answer);
  for (const [index, [cluster]] of answers.entries()) sim.setCallout(cluster, () => statuses[index] as number);
  let from = 0;
  const news = (): TraceEntry[] => {
    const entries = sim.conversation.slice(from);
    from = sim.conversation.length;
    return entries;
  };
  const start = news();
  if (!output.json) print('start', start);
  const results = [];
  for (const [index, request] of requests.entries()) {
    const outcome = await refusedAsInput(() => send(sim, request));
    const conversation = news();
    if (!output.json) print(options.request[index] as string, conversation, outcome);
    results.push({ request: options.request[index], ...describe(outcome), conversation });
  }
  sim.close();
  const end = news();
  if (output.json) output.result('', { start, requests: results, end });
  else if (end.length > 0) print('end', end);
}

/** The answer, or that a filter holds the request back, which nothing here would end. */
async function send(sim: Host, request: RequestInput): Promise<SimResponse | undefined> {
  try {
    return await sim.request(request);
  } catch (thrown) {
    if (thrown instanceof SimulatorError && thrown.code === 'stream_paused') return undefined;
    throw thrown;
  }
}

function print(title: string, entries: readonly TraceEntry[], ...outcome: (SimResponse | undefined)[]): void {
  const lines = [`# ${title}`, ...foldRepeats(conversationLines(entries)), ...outcome.flatMap(answerLines)];
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

/** A line says on which thread it goes on, wherever that is another one. */
function conversationLines(entries: readonly TraceEntry[]): string[] {
  let thread = '';
  return entries.flatMap((entry) => {
    const changed = entry.thread !== '' && entry.thread !== thread;
    if (changed) thread = entry.thread;
    const name = /^\d+$/.test(thread) ? `worker ${thread}` : thread;
    return [...(changed ? [`# on ${name}`] : []), formatTraceEntry(entry)];
  });
}

function answerLines(response: SimResponse | undefined): string[] {
  if (!response) return ['# no answer: the filter holds the stream back, and nothing but time could resume it'];
  if (response.reset) return ['# no answer: the stream was cut'];
  return [
    `# answer ${response.status}${response.localReply ? ` (local reply, ${response.localReply.details})` : ''}`,
    ...response.headers.map(([name, value]) => `${name}: ${value}`),
    ...(response.body === '' ? [] : ['', response.body]),
    ...response.trailers.map(([name, value]) => `${name}: ${value}`),
  ];
}

function describe(response: SimResponse | undefined): object {
  if (!response) return { paused: true };
  const { status, headers, body, trailers, reset, localReply, upstream } = response;
  return { paused: false, reset, status, headers, body, trailers, localReply, upstream };
}

function readRequest(line: string, options: TraceOptions): RequestInput {
  const [, method, path] = /^([A-Z]+) (\S+)$/.exec(line) ?? [];
  if (!method || !path) throw new TollgateError('usage', `--request "${line}": write for example "GET /path"`);
  const headers = options.header.map((text) => pair(text, ':', '--header', 'name: value'));
  const authority = headers.find(([name]) => name.toLowerCase() === 'host')?.[1];
  return {
    method,
    path,
    headers: headers.filter(([name]) => name.toLowerCase() !== 'host'),
    ...(authority === undefined ? {} : { authority }),
    ...(options.data === undefined ? {} : { body: Buffer.from(textOf(options.data)) }),
    ...(options.peer === undefined ? {} : { peer: options.peer }),
  };
}

function pair(text: string, separator: string, option: string, example: string): [string, string] {
  const at = text.indexOf(separator);
  if (at < 1) throw new TollgateError('usage', `${option} "${text}": write for example "${example}"`);
  return [text.slice(0, at), text.slice(at + 1).replace(/^ /, '')];
}

function readStatus(text: string, option: string): number {
  if (!/^[2-5]\d\d$/.test(text)) throw new TollgateError('usage', `${option}: "${text}" is not a status`);
  return Number(text);
}

/** The text itself, or with `@` before it what stands in that file: as curl takes it. */
function textOf(text: string): string {
  if (!text.startsWith('@')) return text;
  try {
    return readFileSync(text.slice(1), 'utf8');
  } catch (cause) {
    throw new TollgateError('input_invalid', `cannot read ${text.slice(1)}: ${(cause as Error).message}`, { cause });
  }
}

/** What the simulator refuses is the filter's or the user's fault, and says which. */
async function refusedAsInput<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof SimulatorError)) throw thrown;
    const [first = ''] = thrown.message.split('\n');
    throw new TollgateError('input_invalid', first.replace(/^\[\w+\] /, ''), {
      cause: thrown,
      details: thrown.details,
    });
  }
}
