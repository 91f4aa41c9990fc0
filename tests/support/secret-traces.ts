/** The forms in which a secret can hide in a text: as it is, as hex, as base64 at any of its three alignments. */
function forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((shift) => {
    // The first and last characters carry bits of the neighbours, so they are left out.
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return text.slice(shift === 0 ? 0 : shift + 1, -1);
  });
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), hex, hex.toUpperCase(), ...base64];
}

/** The forms of the secret that stand in the text; none where it does not betray it. */
export function secretTraces(text: string, secret: string): string[] {
  return [...new Set(forms(secret))].filter((form) => text.includes(form));
}
