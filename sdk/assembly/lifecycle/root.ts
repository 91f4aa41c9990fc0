import { proxy_set_effective_context } from '../abi/contexts';
import { Status } from '../abi/status';
import { Arena, discard } from '../memory/arena';
import { allocate } from '../memory/heap';

/**
 * A plugin in this VM, known to the host as a root context. Plugins with the same `vm_id` and code share a VM; each has
 * its own configuration.
 */
@unmanaged
export class RootContext {
  /** The id of the plugin's root context, for timers and `setEffectiveContext`. */
  id: u32;
  /** The address of the configuration; 0 until there is one. */
  settings: usize;
  /** @internal */
  arena: usize;
  /** @internal */
  next: usize;
}

/** A plugin whose configuration has the class `C`. Static callbacks such as `onTick` are given one. */
@unmanaged
export class Root<C> extends RootContext {
  /** What `configure` returned. Never null: static callbacks only run once there is a configuration. */
  get configuration(): C {
    return changetype<C>(this.settings);
  }
}

let roots: usize = 0;
/** Places of roots that are gone. They are never given back, so that a stream may keep a pointer and compare the id. */
let free: usize = 0;

/** The plugin with this id, added if it is not known yet. */
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

/** The plugin with this id; null if this VM has none. */
export function findRoot(id: u32): RootContext | null {
  for (let at = roots; at; at = changetype<RootContext>(at).next) {
    if (changetype<RootContext>(at).id == id) return changetype<RootContext>(at);
  }
  return null;
}

/** The plugin that was added last; null if there is none yet. */
export function newestRoot(): RootContext | null {
  return changetype<RootContext | null>(roots);
}

/** Puts a configuration in force and discards the one before. */
export function putInForce(id: u32, settings: usize, arena: Arena): void {
  const root = createRoot(id);
  if (root.arena) discard(changetype<Arena>(root.arena));
  root.settings = settings;
  root.arena = changetype<usize>(arena);
}

/**
 * Discards the configurations of plugins that the host no longer has. Each new configuration is a new plugin to the
 * host, so without this every push would leak. `proxy_on_delete` would say when a plugin goes, but would cost a call at
 * the end of every stream. Call it in a callback of the plugin `own`; host calls mean `own` afterwards.
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
