export function sourcesDigest(toolchain: string): string;
export function recorded(): Record<string, { sources: string; toolchain: string }>;
export function kept(module: string): Uint8Array;
