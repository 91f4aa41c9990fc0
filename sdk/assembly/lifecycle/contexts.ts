import { Arena, discard } from '../memory/arena';

/** A plugin in this VM. Several plugins with the same vm_id and code share one VM, each with a root context of its own. */
@unmanaged
class Root {
  id: u32;
  next: usize;
  /** What the filter made of the plugin's configuration, and the arena that it lives in. */
  configuration: usize;
  arena: usize;
}

/** What a stream needs to find again: its plugin, and a few bytes from the request's callback for the response's. */
@unmanaged
export class Stream {
  id: u32;
  root: u32;
  /** Whether `data` says something. */
  noted: bool;
  data0: u64;
  data1: u64;
}

let roots: usize = 0;

/**
 * Streams stand in a ring of slots by their id (ids only ever increase), so that a stream costs no allocation. A slot is
 * overwritten after RING newer streams: the request's callback follows the stream's creation at once, and a response
 * that comes so late only goes without the headers that its note would have added.
 */
const RING: u32 = 1024;
const STREAMS: usize = memory.data(32768, 8);

export function proxy_on_context_create(id: u32, parent: u32): void {
  if (parent) {
    const stream = slot(id);
    stream.id = id;
    stream.root = parent;
    stream.noted = false;
    return;
  }
  if (findRoot(id)) return;
  const root = changetype<Root>(heap.alloc(offsetof<Root>()));
  root.id = id;
  root.next = roots;
  root.configuration = 0;
  root.arena = 0;
  roots = changetype<usize>(root);
}

/** Ends streams and roots alike. Every new configuration is a new root context, so this is what keeps pushes from leaking. */
export function proxy_on_delete(id: u32): void {
  let before: usize = 0;
  for (let at = roots; at; at = changetype<Root>(at).next) {
    const root = changetype<Root>(at);
    if (root.id == id) {
      if (before) changetype<Root>(before).next = root.next;
      else roots = root.next;
      if (root.arena) discard(changetype<Arena>(root.arena));
      heap.free(at);
      return;
    }
    before = at;
  }
}

/** The stream's slot, or null when it was never created here or its slot is taken by a newer one. */
export function streamOf(id: u32): Stream | null {
  const stream = slot(id);
  return stream.id == id ? stream : null;
}

/** The configuration of the plugin to which a stream belongs; 0 when there is none. */
export function configurationOf(id: u32): usize {
  const stream = streamOf(id);
  const root = stream ? findRoot(stream.root) : null;
  return root ? root.configuration : 0;
}

/** The same by the plugin's root context, for a stream so old that its slot is taken by a newer one. */
export function rootConfiguration(id: u32): usize {
  const root = findRoot(id);
  return root ? root.configuration : 0;
}

/** Puts a configuration in force; the one before it is given back. */
export function configure(id: u32, configuration: usize, arena: Arena): void {
  if (!findRoot(id)) proxy_on_context_create(id, 0);
  const root = findRoot(id)!;
  if (root.arena) discard(changetype<Arena>(root.arena));
  root.configuration = configuration;
  root.arena = changetype<usize>(arena);
}

function slot(id: u32): Stream {
  return changetype<Stream>(STREAMS + ((id & (RING - 1)) << 5));
}

function findRoot(id: u32): Root | null {
  for (let at = roots; at; at = changetype<Root>(at).next) {
    if (changetype<Root>(at).id == id) return changetype<Root>(at);
  }
  return null;
}
