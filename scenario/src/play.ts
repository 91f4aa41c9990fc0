import { signToken, tokenDate } from '@tollgate/model';
import { Unexpected } from './check.js';
import { expectCall, expectCounts, type PlaceOfStep, type Seen } from './expect-step.js';
import { NoAnswer, type RawAnswer, rawHttp } from './raw-http.js';
import { rawHttp2 } from './raw-http2.js';
import { type Record, recordOf } from './record.js';
import type { Scenario } from './scenario.js';
import type { ScenarioRequest, ScenarioToken, Step } from './schema.js';
import type { Stage } from './stages.js';
import { NotInTime, within } from './wait.js';

/** Plays a scenario, checks what it expects, and returns all that was seen. Throws `Unexpected` at the first step that went otherwise. */
export async function play(scenario: Scenario, stage: Stage): Promise<Record[]> {
  const records: Record[] = [];
  const run: Run = { scenario, stage, now: scenario.at.getTime(), held: [] };
  for (const index of scenario.steps.keys()) {
    try {
      records.push(...(await within('the end of this step', playStep(run, index), scenario.stepLimit)));
    } catch (thrown) {
      if (!(thrown instanceof NotInTime)) throw thrown;
      throw new Unexpected([scenario.source.mistake(['steps', index], thrown.message)]);
    }
  }
  return records;
}

interface Run {
  scenario: Scenario;
  stage: Stage;
  /** The wall clock. */
  now: number;
  /** What concludes the requests that the application holds. */
  held: (() => Promise<Record>)[];
}

async function playStep(run: Run, index: number): Promise<Record[]> {
  const { scenario, stage, held } = run;
  const step = scenario.steps[index] as Step;
  const records: Record[] = [];
  run.now += await advance(stage, step);
  script(scenario, stage, step);
  const logFrom = stage.log.length;
  const arrivedBefore = stage.arrivals.length;
  const at: PlaceOfStep = { scenario, stage, index };
  const statuses: number[] = [];
  stage.conversation();
  for (let count = 1; step.request && count <= step.times; count++) {
    const before = marks(stage);
    const arrivals = () => [...before.seen].map(([application, count]) => application.arrived(count + 1));
    const request = step.held ? hold(step.request) : step.request;
    const asked = performance.now();
    const answering = ask(scenario, stage, request, new Date(run.now));
    const where = `step ${index + 1}${step.times > 1 ? `, time ${count}` : ''}: ${request.method} ${request.path.slice(0, 80)}`;
    const conclude = async (atArrival?: Seen) => {
      const { takes } = step.expect ?? {};
      if (takes !== undefined) {
        // A call that no application answers has come as far as it can when one has it.
        if (holds(step)) await Promise.race([...arrivals(), answering]);
        const early = await stage.waitsFor(takes, answering, asked);
        if (early) throw new Unexpected([scenario.source.mistake(['steps', index, 'expect', 'takes'], early)]);
      }
      const answer = await answering;
      const [fatal] = stage.fatal();
      if (fatal) throw new Unexpected([scenario.source.mistake(['steps', index], fatal)]);
      const seen = () => atArrival ?? since(stage, before);
      statuses.push(answer.status);
      if (step.expect) await expectCall(at, step.expect, { answer, seen, logFrom });
      return recordOf(where, answer, seen());
    };
    if (!step.held) {
      records.push(await conclude());
      continue;
    }
    // An answer instead of an arrival is a refusal that nobody expected: it is shown when the step is concluded.
    await Promise.race([...arrivals(), answering]);
    const atArrival = since(stage, before);
    held.push(() => conclude(atArrival));
  }
  if (step.expect) await expectCounts(at, step.expect, statuses, () => stage.arrivals.slice(arrivedBefore));
  if (!step.release) return comparable(step, records);
  for (const application of applications(stage)) application.release();
  for (const conclude of held.splice(0)) records.push(await conclude());
  return records;
}

/** Where chance has a say, what single calls saw says nothing of the other place. */
const comparable = ({ expect }: Step, records: Record[]) => (expect?.shares || expect?.statuses ? [] : records);

const holds = ({ answer, answers = {} }: Step) => [answer, ...Object.values(answers)].some((one) => one?.hold);

const applications = (stage: Stage) => [...stage.applications.values(), ...stage.clusters.values()];
const marks = (stage: Stage) => ({
  arrivals: stage.arrivals.length,
  seen: new Map(applications(stage).map((application) => [application, application.seen.length])),
});

function since(stage: Stage, before: ReturnType<typeof marks>): Seen {
  const callouts = [...stage.clusters].map(([name, application]) => [
    name,
    application.seen.slice(before.seen.get(application)),
  ]);
  return { arrivals: stage.arrivals.slice(before.arrivals), callouts: Object.fromEntries(callouts) };
}

/** Moves the clocks, gives by how much the wall clock went on. */
async function advance(stage: Stage, { advance: by }: Step): Promise<number> {
  const wallMs = by?.wall ?? 0;
  const monotonicMs = by?.monotonic ?? 0;
  if (wallMs !== 0) stage.stepWall(wallMs);
  if (monotonicMs !== 0) await stage.stepMonotonic(monotonicMs);
  return wallMs + monotonicMs;
}

/** What the applications answer in this step, and what goes wrong in it. */
function script(scenario: Scenario, stage: Stage, step: Step): void {
  for (const [name, application] of stage.applications) application.answerWith(step.answers?.[name] ?? step.answer);
  for (const [name, application] of stage.clusters)
    application.answerWith(step.clusters?.[name] ?? scenario.clusters[name]);
  if (step.fault) stage.fault(step.fault);
}

async function ask(scenario: Scenario, stage: Stage, request: ScenarioRequest, now: Date): Promise<RawAnswer> {
  const { method, path, from, body, token, trailers, resetAfter } = request;
  const headers = token ? [...request.headers, tokenHeader(token, now)] : request.headers;
  const pieces = [body].flat().filter((piece) => piece !== '');
  const origin = from === undefined ? {} : { from };
  if (scenario.protocol === 'http2')
    return rawHttp2({ port: stage.providerPort, method, path, headers, pieces, trailers, resetAfter, ...origin });
  try {
    return await rawHttp({
      port: request.via === 'consumer' ? stage.consumerPort : stage.providerPort,
      method,
      path,
      headers,
      body: pieces.join(''),
      ...origin,
    });
  } catch (thrown) {
    if (thrown instanceof NoAnswer) return { status: 0, headers: [], body: '' };
    throw thrown;
  }
}

function hold(request: ScenarioRequest): ScenarioRequest {
  return { ...request, headers: [...request.headers, ['x-hold', 'yes']] };
}

function tokenHeader(token: ScenarioToken, now: Date): [name: string, value: string] {
  const { system, secret, at, digest, date, nonce, header } = token;
  const signed = signToken(digest, secret, {
    system,
    date: tokenDate(at ?? now, date),
    ...(nonce === undefined ? {} : { nonce }),
  });
  const hex = token.upperCase ? signed.digest.toUpperCase() : signed.digest;
  return [header, [signed.system, signed.date, ...(nonce === undefined ? [] : [nonce]), hex].join('.')];
}
