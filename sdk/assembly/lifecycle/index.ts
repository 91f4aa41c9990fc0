// What the module of every filter exports besides its callbacks; the transform sees to it.
export { proxy_on_memory_allocate } from '../memory/request';
export { abort } from './abort';

/** Marks the module as one for ABI 0.2.1. The host looks for the name and never calls it. */
export function proxy_abi_version_0_2_1(): void {}
