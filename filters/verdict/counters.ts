import { Writer, counter, increment, request } from 'proxy-wasm';
import { Reason, reasonText, stepText } from './reason';

/** Ids of the counters by reason, enforced and shadow beside each other. Defined once in a VM: each definition is a new id. */
const IDS: usize = memory.data(<i32>Reason.COUNT * 8, 4);
let allowedId: u32 = 0;

/** Defines the counters of the reasons from `first` to `last`, so that they stand in the statistics before the first refusal. */
export function defineCounters(first: Reason, last: Reason): void {
  if (!allowedId) allowedId = counter(Writer.in(request).text('tollgate.allowed').done());
  for (let reason = first; reason <= last; reason++) {
    if (load<u32>(idAt(reason, false))) continue;
    store<u32>(idAt(reason, false), counter(name(reason).done()));
    store<u32>(idAt(reason, true), counter(name(reason).text('.shadow').done()));
  }
}

export function countDenied(reason: Reason, shadow: bool): void {
  increment(load<u32>(idAt(reason, shadow)));
}

export function countAllowed(): void {
  increment(allowedId);
}

function idAt(reason: Reason, shadow: bool): usize {
  return IDS + ((<usize>reason) << 3) + (shadow ? 4 : 0);
}

function name(reason: Reason): Writer {
  return Writer.in(request).text('tollgate.').text(stepText(reason)).text('.').text(reasonText(reason));
}
