import { type EventEmitter, once } from 'node:events';

/** Longer than anything takes here on a busy machine, shorter than the limit that ends a whole test without saying why. */
const waitMsMax = 60_000;
const pollMs = 5;

/** What was waited for did not come. */
export class NotInTime extends Error {}

/** What the promise gives; after `msMax` an error that says what did not come. */
export async function within<T>(what: string | (() => string), promise: PromiseLike<T>, msMax = waitMsMax): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    // What is waited for keeps the process alive, or nothing does.
    timer = setTimeout(() => reject(notInTime(what, msMax)), msMax).unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The arguments of the emitter's next event of that name; rejects at its `error`. */
export function event(what: string, emitter: EventEmitter, name: string): Promise<unknown[]> {
  return within(what, once(emitter, name));
}

/** Comes back when it holds. For what nobody tells of, so that it has to be asked again and again. */
export async function until(
  what: string | (() => string),
  holds: () => boolean | Promise<boolean>,
  msMax = waitMsMax,
): Promise<void> {
  for (const end = performance.now() + msMax; !(await holds()); ) {
    if (performance.now() > end) throw notInTime(what, msMax);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function notInTime(what: string | (() => string), msMax: number): NotInTime {
  return new NotInTime(`waited ${msMax / 1000} s for ${typeof what === 'string' ? what : what()}`);
}
