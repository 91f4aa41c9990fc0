/** The texts of docs/sdk/reference.md and docs/sdk/inside.md, and what the SDK exports without a docstring. */
export function sdkReference(): { reference: string; inside: string; undocumented: string[] };
