import { BufferType } from '../abi/status';
import { Slice } from '../bytes/slice';
import { readBuffer } from './buffer';

/** The plugin's configuration; to be read in `proxy_on_configure` only. Null when the host cannot hand it over. */
export function pluginConfiguration(length: u32): Slice | null {
  return readBuffer(BufferType.PLUGIN_CONFIGURATION, 0, length);
}

/** The configuration of the VM, which all its plugins share, whole; `proxy_on_vm_start` is told its length. */
export function vmConfiguration(length: u32): Slice | null {
  return readBuffer(BufferType.VM_CONFIGURATION, 0, length);
}
