export function checkForeign(
  toolchain: string,
): Promise<{ result: 'same' | 'different' | 'skipped'; what: string }>;
