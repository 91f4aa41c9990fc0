import { RootContext, findRoot, newestRoot } from './root';

/** What every stream has. The fields of the filter's class follow it in the stream's slot. */
@unmanaged
export class Stream {
  /** The id of the stream's context. Ids only increase and are never 0. */
  id: u32;
  /** The id of the plugin's root context. */
  root: u32;
  private known: usize;

  /** The plugin that the stream belongs to; null while it has no configuration. */
  get plugin(): RootContext | null {
    const at = this.known;
    if (!at) return null;
    const root = changetype<RootContext>(at);
    return root.id == this.root && root.settings ? root : null;
  }

  /** @internal Gives the slot to a stream of this plugin. Its fields must be zero. */
  begin(id: u32, root: u32): void {
    this.id = id;
    this.root = root;
    this.known = changetype<usize>(findRoot(root));
  }
}

/** How far from its home a stream may stand: a table that full is full. */
const DISTANCE_MAX: u32 = 256;

/** The furthest that any stream had to go, so that a search for one that is not there ends. */
let furthest: u32 = 0;

/**
 * Takes a slot in a table of `places` slots (a power of two) of `bytes` each, which begins at `table`. A stream's slot
 * is its id modulo `places`, or one of the next if that is taken. Ids count up, so collisions are rare. A slot does not
 * move.
 */
export function takeSlot(table: usize, bytes: usize, places: u32, id: u32, root: u32): void {
  for (let distance: u32 = 0; distance < DISTANCE_MAX; distance++) {
    const slot = slotAt(table, bytes, places, id + distance);
    if (slot.id) continue;
    memory.fill(changetype<usize>(slot), 0, bytes);
    slot.begin(id, root);
    furthest = max(furthest, distance);
    return;
  }
}

/** The slot of a stream; null if it has none or no longer has one. */
export function findSlot(table: usize, bytes: usize, places: u32, id: u32): Stream | null {
  for (let distance: u32 = 0; distance <= furthest; distance++) {
    const slot = slotAt(table, bytes, places, id + distance);
    if (slot.id == id) return slot;
  }
  return null;
}

/** Whether the host ever tells of a stream's beginning. */
let told: bool = false;

/** The same for slots without fields, which nobody gives back: a newer stream overwrites them. */
export function overwriteSlot(table: usize, bytes: usize, places: u32, id: u32, root: u32): void {
  told = true;
  slotAt(table, bytes, places, id).begin(id, root);
}

/**
 * The slot of a stream that has only one callback. `proxy_on_context_create` says to which plugin of the VM a stream
 * belongs. Where a plugin has the VM to itself, that callback may be removed from the module, and every stream is that
 * plugin's.
 */
export function passingSlot(table: usize, bytes: usize, places: u32, id: u32): Stream | null {
  const slot = slotAt(table, bytes, places, id);
  if (told) return slot.id == id ? slot : null;
  const plugin = newestRoot();
  if (plugin) slot.begin(id, plugin.id);
  return plugin ? slot : null;
}

function slotAt(table: usize, bytes: usize, places: u32, index: u32): Stream {
  return changetype<Stream>(table + <usize>(index & (places - 1)) * bytes);
}
