/** `proxy_status_t`: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1 */
export const Status = {
  Ok: 0,
  NotFound: 1,
  BadArgument: 2,
  SerializationFailure: 3,
  ParseFailure: 4,
  BadExpression: 5,
  InvalidMemoryAccess: 6,
  Empty: 7,
  CasMismatch: 8,
  ResultMismatch: 9,
  InternalFailure: 10,
  BrokenConnection: 11,
  Unimplemented: 12,
} as const;
export type Status = (typeof Status)[keyof typeof Status];

const NAMES = Object.keys(Status);
export const statusName = (status: number): string => NAMES[status] ?? `status ${status}`;

/** Thrown inside a host call and turned into its result: the filter sees the status, nothing else. */
export class StatusFault extends Error {
  constructor(readonly status: Status) {
    super(statusName(status));
  }
}
