/** What kind of thing went wrong; stable, so that a caller may branch on it. */
export type SimulatorErrorCode =
  | 'module_refused' // the .wasm is not one that Envoy loads
  | 'not_simulated' // Envoy has it, this simulator not yet
  | 'configuration_refused' // proxy_on_vm_start or proxy_on_configure returned false, or trapped
  | 'bad_input' // the caller's request, option or header is not usable
  | 'bad_bootstrap' // the bootstrap has something that the gateway does not do
  | 'address_in_use'
  | 'stream_paused' // a filter stopped the stream and nothing is left that could resume it
  | 'budget_spent' // a callback went on for ever: Envoy's worker would hang
  | 'envoy_crash'; // Envoy 1.40 itself dies of what the filter just did

/** Every fault of the simulator. `details` carries the log lines that lead to it, where there are any. */
export class SimulatorError extends Error {
  readonly code: SimulatorErrorCode;
  readonly details: readonly string[];

  constructor(
    code: SimulatorErrorCode,
    message: string,
    options: { cause?: unknown; details?: readonly string[] } = {},
  ) {
    const details = options.details ?? [];
    super([`[${code}] ${message}`, ...details.map((line) => `  ${line}`)].join('\n'), { cause: options.cause });
    this.name = 'SimulatorError';
    this.code = code;
    this.details = details;
  }
}
