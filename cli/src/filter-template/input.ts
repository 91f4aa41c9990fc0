import type { Packages } from './packages.js';

export interface TemplateInput {
  /** As in `tollgate new filter NAME`. */
  name: string;
  packages: Packages;
  /** The version of AssemblyScript that the SDK is built and tested with. */
  assemblyscript: string;
}
