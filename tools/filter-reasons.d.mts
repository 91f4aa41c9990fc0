/** The text of filters/verdict/reason.ts. */
export function filterReasons(): string;
