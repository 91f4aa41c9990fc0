export function sourcesDigest(toolchain: string): string;
export function recordedDigests(): Record<string, string>;
