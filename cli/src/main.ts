import { TollgateError } from '@tollgate/model';
import { CommanderError } from 'commander';
import { reportFailure } from './output.js';
import { program } from './program.js';

const exitMsMax = 1000;

/** Runs the command line and sets the exit status: 0 done, 1 the input is wrong, 2 usage, 3 something needed is missing or down. */
export async function run(argv: string[]): Promise<void> {
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
  });
  const json = argv.includes('--json');
  try {
    await program(json).parseAsync(argv);
  } catch (thrown) {
    process.exitCode = thrown instanceof CommanderError ? reportUsage(thrown, json) : reportFailure(thrown, json);
  }
  // All is done: whatever still holds the process open may do so no longer than this.
  setTimeout(() => process.exit(), exitMsMax).unref();
}

/** A person has read it already; a script gets it as any other failure. */
function reportUsage({ exitCode, message }: CommanderError, json: boolean): number {
  // --help and --version end this way too.
  if (exitCode === 0) return 0;
  if (!json) return 2;
  const [first = '', ...details] = message.replace(/^error: /, '').split('\n');
  return reportFailure(new TollgateError('usage', first, { details }), json);
}
