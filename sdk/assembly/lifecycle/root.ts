import { proxy_set_effective_context } from '../abi/contexts';
import { Status } from '../abi/status';
import { Arena, discard } from '../memory/arena';
import { allocate } from '../memory/heap';

/**
 * A plugin in this VM: its root context. Several plugins with the same vm_id and code share one VM, each with a
 * configuration of its own.
 */
@unmanaged
export class RootContext {
  id: u32;
  /** What the filter made of the plugin's configuration, and the arena that it lives in; 0 before there is one. */
  settings: usize;
  arena: usize;
  next: usize;
}

/** The same where the type of the configuration is known: what callbacks of a plugin are given. */
@unmanaged
export class Root<C> extends RootContext {
  /** Trailing `!`: callbacks come only once a configuration is in force. */
  get configuration(): C {
    return changetype<C>(this.settings);
  }
}

let roots: usize = 0;
/** Places of roots that are gone. They are never given back, so that a stream may keep a pointer and compare the id. */
let free: usize = 0;

/** The record of a root context, made where there is none yet. */
export function createRoot(id: u32): RootContext {
  const known = findRoot(id);
  if (known) return known;
  const at = free ? free : allocate(offsetof<RootContext>());
  const root = changetype<RootContext>(at);
  if (free) free = root.next;
  memory.fill(at, 0, offsetof<RootContext>());
  root.id = id;
  root.next = roots;
  roots = at;
  return root;
}

/** The record of a root context; null when the VM has none of this id. */
export function findRoot(id: u32): RootContext | null {
  for (let at = roots; at; at = changetype<RootContext>(at).next) {
    if (changetype<RootContext>(at).id == id) return changetype<RootContext>(at);
  }
  return null;
}

/** The root context that was made last, or got a configuration first; null where there is none yet. */
export function newestRoot(): RootContext | null {
  return changetype<RootContext | null>(roots);
}

/** Puts a configuration in force; the one before it is given back. */
export function putInForce(id: u32, settings: usize, arena: Arena): void {
  const root = createRoot(id);
  if (root.arena) discard(changetype<Arena>(root.arena));
  root.settings = settings;
  root.arena = changetype<usize>(arena);
}

/**
 * Gives back the configurations of root contexts that the host has no more. Every new configuration is a new root context,
 * so this is what keeps pushes from leaking. `proxy_on_delete` would tell of each, at the price of a crossing at every
 * stream's end. To be called in a callback of the root context `own`, in which host calls are made afterwards.
 */
export function deleteGoneRoots(own: u32): void {
  let left = false;
  for (let at = roots; at;) {
    const root = changetype<RootContext>(at);
    at = root.next;
    if (root.id == own) continue;
    if (proxy_set_effective_context(root.id) == Status.BAD_ARGUMENT) deleteRoot(root.id);
    else left = true;
  }
  if (left) proxy_set_effective_context(own);
}

function deleteRoot(id: u32): void {
  let before: usize = 0;
  for (let at = roots; at; at = changetype<RootContext>(at).next) {
    const root = changetype<RootContext>(at);
    if (root.id != id) {
      before = at;
      continue;
    }
    if (before) changetype<RootContext>(before).next = root.next;
    else roots = root.next;
    if (root.arena) discard(changetype<Arena>(root.arena));
    root.id = 0;
    root.settings = 0;
    root.next = free;
    free = at;
    return;
  }
}
