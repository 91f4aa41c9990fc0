import {
  Decoder,
  HttpCall,
  Level,
  List,
  Slice,
  Writer,
  counter,
  discard,
  fillRandom,
  heapArena,
  httpCallBody,
  httpCallHeaders,
  increment,
  log,
  request,
  setTickPeriod,
  sliceOf,
} from 'proxy-wasm';
import { FetchedSet } from './fetched-set';
import { decodeFetchedKeys } from './fetched-keys';
import { KeySetAddresses } from './key-set-address';
import { JwtPolicy } from './policy';

const SECOND_NS: u64 = 1000000000;
/** A larger answer is no key set, or one that nobody should have to read. */
const BODY_BYTES_MAX: i32 = 65536;
/** An answer that does not come (its plugin is gone) is waited for so much longer than its timeout. */
const GRACE_NS: u64 = 5 * SECOND_NS;
/** Envoy takes no calls while it reads a configuration: the first fetch waits so long. */
const TICK_FIRST_MS: u32 = 10;

let fetchedId: u32 = 0;
let failedId: u32 = 0;

/** Has the key sets of these policies fetched, once `startFetching` was called. */
export function addKeySets(policies: List<JwtPolicy> | null, all: KeySetAddresses): void {
  for (let i = 0; policies && i < policies.length; i++) {
    const providers = policies.at(i).providers;
    for (let j = 0; j < providers.length; j++) {
      const address = providers.at(j).address;
      if (address) all.add(address);
    }
  }
}

/** Fetches from the first tick on; to be called last, as others set the tick too. */
export function startFetching(keySets: KeySetAddresses): void {
  if (!keySets.first) return;
  defineFetches();
  setTickPeriod(TICK_FIRST_MS);
}

/** So that they stand in the statistics before the first fetch. Each definition is a new id, so once in a VM. */
function defineFetches(): void {
  if (fetchedId) return;
  fetchedId = counter(Writer.in(request).text('tollgate.jwt.key_set.fetched').done());
  failedId = counter(Writer.in(request).text('tollgate.jwt.key_set.failed').done());
}

/** Sends for the set when it is time to. */
export function fetchIfDue(set: FetchedSet, root: u32, now: u64): void {
  if (set.pending && now >= set.pendingUntilNs) fail(set, 'was not answered', now);
  if (set.pending || now < set.dueNs) return;
  const call = HttpCall.to(set.cluster, 'GET', set.authority, set.path);
  call.headers.add('accept', 'application/json');
  set.sentNs = now;
  const token = call.send(set.timeoutMs);
  if (!token) return fail(set, 'cannot be asked for: Envoy has no such cluster', now);
  set.pending = true;
  set.call = token;
  set.root = root;
  set.pendingUntilNs = now + <u64>set.timeoutMs * 1000000 + GRACE_NS;
}

/** The answer to the set's call. Whatever is wrong with it, the set before stays. */
export function takeAnswer(set: FetchedSet, bodyBytes: i32, now: u64): void {
  set.pending = false;
  const status = httpCallHeaders.first(':status');
  if (!status || !status.equals('200')) return failWith(set, status, now);
  if (bodyBytes > BODY_BYTES_MAX) return fail(set, 'is larger than 64 KiB', now);
  const body = bodyBytes ? httpCallBody.read(0, bodyBytes) : sliceOf(request, 0, 0);
  if (!body) return fail(set, 'cannot be read', now);
  // The same again changes nothing, so that what is known of tokens stays.
  const text = set.text;
  if (text && text.equals(body)) return succeed(set, now);
  const arena = heapArena();
  const kept = body.copiedTo(arena);
  const decoder = Decoder.in(arena);
  const keys = decodeFetchedKeys(decoder, decoder.parse(kept.at, kept.length), addressOf(set));
  const mistake = decoder.mistake;
  if (mistake) failed(set, Writer.in(request).text('is wrong: ').text(mistake).done(), now);
  decoder.discard();
  if (mistake) return discard(arena);
  set.replace(keys, kept, arena);
  succeed(set, now);
}

function succeed(set: FetchedSet, now: u64): void {
  increment(fetchedId);
  set.failures = 0;
  set.fetchedNs = now;
  set.dueNs = now + spread(set.refreshNs, set.refreshNs / 10);
}

function failWith(set: FetchedSet, status: Slice | null, now: u64): void {
  const why = Writer.in(request).text('was answered with ');
  if (status) why.text(status);
  else why.text('nothing');
  failed(set, why.done(), now);
}

function fail(set: FetchedSet, why: Slice, now: u64): void {
  failed(set, Writer.in(request).text(why).done(), now);
}

/** Again after 1, 2, 4, … seconds, at the latest when it would be due anyway. */
function failed(set: FetchedSet, why: Slice, now: u64): void {
  set.pending = false;
  const wait = min(SECOND_NS << (<u64>min(set.failures, 16)), set.refreshNs);
  set.failures++;
  set.dueNs = now + spread(wait, wait / 4);
  increment(failedId);
  const line = Writer.in(request).text('key set ').text(addressOf(set)).text(' ').text(why);
  log(Level.WARN, line.text(set.keys ? '; the one before stays in force' : '; there is none').done());
}

function addressOf(set: FetchedSet): Slice {
  return Writer.in(request).text(set.authority).text(set.path).done();
}

const RANDOM: usize = memory.data(4, 4);

/** `ns` give or take up to `by`, so that the workers of many proxies do not ask all at once. */
function spread(ns: u64, by: u64): u64 {
  fillRandom(RANDOM, 4);
  return ns - by + ((by * 2 * <u64>load<u16>(RANDOM)) >> 16);
}
