// What every filter exports besides its own callbacks. Only what the entry file exports reaches the module:
//   export { proxy_abi_version_0_2_1, proxy_on_memory_allocate, … } from 'proxy-wasm/assembly/lifecycle';
export { proxy_on_memory_allocate } from '../memory/request';
export { proxy_on_context_create, proxy_on_delete } from './contexts';
export { abort } from './abort';

/** The marker of ABI 0.2.1; the host looks for the name and never calls it. */
export function proxy_abi_version_0_2_1(): void {}
