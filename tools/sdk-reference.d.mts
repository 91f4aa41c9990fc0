/** The text of docs/sdk/reference.md, and what of the SDK's public functions has no docstring. */
export function sdkReference(): { text: string; undocumented: string[] };
