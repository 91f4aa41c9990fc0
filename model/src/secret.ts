/** What a file holds as a secret, one newline at its end dropped; or what is wrong with it. */
export function secretIn(bytes: Buffer): { value: Buffer } | { problem: string } {
  const value = bytes.at(-1) === 0x0a ? bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1) : bytes;
  if (value.length === 0) return { problem: 'is empty' };
  // What the environment cannot carry unchanged would sign here as one secret and be verified there as another.
  if (value.includes(0) || !Buffer.from(value.toString()).equals(value))
    return {
      problem:
        'is not UTF-8 text or contains a zero byte, which an environment variable cannot hold: write the secret as text',
    };
  return { value };
}
