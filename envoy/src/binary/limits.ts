/** Every bound of this folder. */
export const limits = {
  /** How long `envoy --version` may take. It takes 40 ms; a program of that name that waits for something must not hold up the start. */
  versionMs: 5_000,
  /** Longer than Envoy's own wait for its first xDS answer (15 s), so that Envoy's words about it come first. */
  readyMs: 30_000,
  /** After SIGTERM Envoy ends within 10 ms, but a worker in an endless loop keeps it for ever: SIGKILL comes next. */
  stopMs: 2_000,
  /** How long a process that is asked to end may take for it: an Envoy that has to be killed, and a watch that does not let go. */
  endMs: 5_000,
  /** How many of Envoy's last warnings and errors are kept to explain why it ended. */
  complaintsKept: 20,
  /** A longer line of output is cut: a filter may log whatever a client sent. */
  lineCharsMax: 64 * 1024,
  /** What is kept of pip's output, for the reason why it failed. */
  pipOutputCharsMax: 64 * 1024,
  /** pip alone would try five times, with growing pauses and at every address of PyPI. Only with one does it say why it failed. */
  pipRetries: 1,
  /** How long nothing may come from the network. Whoever has none, or a silent one, goes on with the simulator then. */
  quietMs: 5_000,
  /** Until pip, which is Python that may come from a cold disk, says its first word. */
  pipStartMs: 30_000,
  /** What is read at once of a file that is hashed. Smaller pieces take longer: a stream's 64 KiB half as long again. */
  hashPieceBytes: 1024 * 1024,
  /** How often the size of the arriving wheel is looked at. */
  progressMs: 500,
  /** A download left behind by a killed process is swept away by a later one when it is this old. */
  abandonedMs: 3_600_000,
} as const;
