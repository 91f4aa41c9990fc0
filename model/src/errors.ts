/** Every fault of Tollgate has one of these codes; the HTTP and gRPC status are what an API answers with, `exit` what a command ends with. */
export const errorCodes = {
  input_invalid: { http: 400, grpc: 3, exit: 1 },
  usage: { http: 400, grpc: 3, exit: 2 },
  not_found: { http: 404, grpc: 5, exit: 1 },
  no_good_version: { http: 503, grpc: 14, exit: 3 },
  secret_missing: { http: 503, grpc: 9, exit: 3 },
  file_unreadable: { http: 500, grpc: 13, exit: 3 },
  port_in_use: { http: 503, grpc: 14, exit: 3 },
  envoy_missing: { http: 503, grpc: 14, exit: 3 },
  envoy_failed: { http: 503, grpc: 14, exit: 3 },
  filter_broken: { http: 503, grpc: 14, exit: 3 },
  internal: { http: 500, grpc: 13, exit: 3 },
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** A fault: something needed is missing or broken. Expected outcomes (a refusal, a mistake in a policy) are values, not errors. */
export class TollgateError extends Error {
  readonly rawMessage: string;
  readonly details: readonly string[];

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { cause?: unknown; details?: readonly string[] } = {},
  ) {
    super(`[${code}] ${message}`, { cause: options.cause });
    this.name = 'TollgateError';
    this.rawMessage = message;
    this.details = options.details ?? [];
  }

  /** Whatever was thrown, as a TollgateError; so every `catch` has one line. */
  static from(thrown: unknown): TollgateError {
    if (thrown instanceof TollgateError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new TollgateError('internal', message, { cause: thrown });
  }
}
