import type { RawAnswer } from '../support/raw-http.js';
import type { Reached } from './applications.js';
import type { Outcome } from './oracle.js';

/** What is otherwise than the oracle says; undefined where all is as it says. */
export function differenceFrom(expected: Outcome, mesh: number, answer: RawAnswer): string | undefined {
  const header = (wanted: string) =>
    answer.headers.flatMap(([name, value]) => (name.toLowerCase() === wanted ? [value] : [])).join(',') || undefined;
  const wrong = (what: string, wanted: unknown, seen: unknown) =>
    wanted === seen ? [] : [`${what}: ${JSON.stringify(wanted)} was expected, it was ${JSON.stringify(seen)}`];
  if (expected.kind === 'refused') return wrong('status', expected.status, answer.status)[0];
  if (expected.kind === 'answered')
    return [...wrong('status', expected.status, answer.status), ...wrong('body', expected.body, answer.body)][0];
  if (expected.kind === 'redirected')
    return [
      ...wrong('status', expected.status, answer.status),
      ...wrong('location', expected.location, header('location')),
    ][0];
  if (answer.status !== 200) return wrong('status', 200, answer.status)[0];
  const reached = JSON.parse(answer.body) as Reached;
  const { to } = expected;
  return [
    ...wrong('mesh', mesh, reached.application?.mesh),
    ...wrong('service', to.service, reached.application?.service),
    ...(to.subset === undefined ? [] : wrong('version', to.subset, reached.application?.version)),
    ...wrong('port', to.port, reached.port),
    ...wrong('path', expected.path, reached.path),
    ...wrong('authority', expected.authority, reached.headers.host),
    ...Object.entries(expected.request).flatMap(([name, value]) =>
      wrong(`the request's header ${name}`, value, withoutBlanks(reached.headers[name])),
    ),
    ...Object.entries(expected.response).flatMap(([name, value]) =>
      wrong(`the answer's header ${name}`, value, header(name)),
    ),
  ][0];
}

/** Node puts a blank between values of a name that was sent twice. */
const withoutBlanks = (value: string | undefined) => value?.replaceAll(', ', ',');
