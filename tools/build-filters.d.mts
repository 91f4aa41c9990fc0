/** Compiles one AssemblyScript entry with the options of asconfig.json and more of asc's own. */
export function compileFilter(entry: string, options: string[], text?: string | Record<string, string>): Promise<Uint8Array>;
/** The source of the modules that govern calls; of one by its name; and the options that tell which steps one has. */
export const entry: string;
export function entryOf(name: string): string;
export function moduleOptions(name: string): string[];
/** Builds the named targets, or all; prints one line each. */
export function buildFilters(wanted?: string[], report?: (line: string) => void): Promise<void>;
