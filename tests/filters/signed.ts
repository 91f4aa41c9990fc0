import { signToken, tokenDate } from '@tollgate/model';
import { policy } from './load.js';

/** The time of the tests' clocks. */
export const noon = '2026-11-21T12:00:00Z';
const date = tokenDate(new Date(noon), 'day');

/** The environment of a filter that knows these systems. */
export const secretOfAll = { SECRET: 's' };

/** Knows these systems by their tokens, and asks nobody for one. */
export function knows(...systems: string[]) {
  return {
    ...policy,
    digest: 'hmac-sha256',
    date: 'day',
    skewMs: 300_000,
    carry: 'header',
    header: 'x-token',
    systems: systems.map((id) => ({ id, secrets: ['SECRET'] })),
    rules: [{ name: 'r', require: 'none' }],
  } as const;
}

/** The headers of a system's call, with its token of that day. */
export function signedBy(system: string): Record<string, string> {
  return { 'x-token': `${system}.${date}.${signToken('hmac-sha256', 's', { system, date }).digest}` };
}
