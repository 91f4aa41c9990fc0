/** What a shell takes as one word without quotes. */
const plainWord = /^[\w@%+=:,./-]+$/;

/** In quotes only where it needs them. */
export function shellWord(text: string): string {
  return plainWord.test(text) ? text : quoted(text);
}

/** As one word for any shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
