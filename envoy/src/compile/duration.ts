/** Protobuf's JSON of a duration. */
export function seconds(ms: number): `${number}s` {
  return `${ms / 1000}s`;
}
