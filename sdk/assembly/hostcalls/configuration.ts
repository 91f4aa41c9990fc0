import { BufferType } from '../abi/status';
import { Slice } from '../bytes/slice';
import { readBuffer } from './buffer';

/** The plugin's configuration, only while it is being read; null if the host does not give it. */
export function pluginConfiguration(length: u32): Slice | null {
  return readBuffer(BufferType.PLUGIN_CONFIGURATION, 0, length);
}

/** The configuration of the VM, which all its plugins share. `onVmStart` is told its length. */
export function vmConfiguration(length: u32): Slice | null {
  return readBuffer(BufferType.VM_CONFIGURATION, 0, length);
}
