import { Slice } from 'proxy-wasm';

/** Where a provider's key set is fetched, as the configuration says. */
@unmanaged
export class KeySetAddress {
  cluster: Slice;
  authority: Slice;
  path: Slice;
  refreshNs: u64;
  timeoutMs: u32;
  /** The next of the configuration. */
  next: KeySetAddress | null;
}

/** All of a configuration, in the order in which it names them. */
@unmanaged
export class KeySetAddresses {
  first: KeySetAddress | null;
  private last: KeySetAddress | null;

  add(address: KeySetAddress): void {
    const last = this.last;
    if (last) last.next = address;
    else this.first = address;
    this.last = address;
  }
}
