// A process that says "first" when its first request has been answered, and then what it measured, as JSON.
import { createInterface } from 'node:readline';
import { startProgram } from '../../tools/program.mjs';

/** What it measured, with `processMs` from its start to that first answer. */
export async function firstLineOf(command, args) {
  const started = performance.now();
  const child = startProgram(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  let processMs;
  let measured;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'first') processMs = performance.now() - started;
    else measured = JSON.parse(line);
  }
  if ((await ended) !== 0 || measured === undefined) throw new Error(`${command} ${args.join(' ')} failed`);
  return { processMs, ...measured };
}
