export interface TemplateInput {
  /** As in `tollgate new filter NAME`. */
  name: string;
  /** Where the SDK and the simulator lie; neither is published, so the folder refers to them as files. */
  sdk: string;
  simulator: string;
  /** The version of AssemblyScript that the SDK is built and tested with. */
  assemblyscript: string;
}
