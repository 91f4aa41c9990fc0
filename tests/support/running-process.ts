import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { within } from './wait.js';

export interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface ProcessOptions {
  env?: Record<string, string | undefined>;
  cwd?: string;
}

/** A test that is broken off (a time limit, Ctrl-C) leaves nothing behind either: the kernel ends its programs. */
const endsWithUs = process.platform === 'linux' ? ['/usr/bin/setpriv', '--pdeathsig', 'TERM'] : [];

/** Some run a compiler, or several Envoys one after the other. */
const endMsMax = 150_000;

/** A program that a test started, with all that it says. */
export class RunningProcess {
  private readonly end: Promise<Ended>;
  private readonly child: ChildProcess;
  private readonly lines: string[] = [];
  private readonly waiting = new Set<() => void>();
  private stdout = '';
  private stderr = '';
  private over = false;

  /** `env` is laid over this process's own; undefined takes a variable away. */
  constructor(command: string, args: readonly string[], { env = {}, cwd }: ProcessOptions = {}) {
    const [program = command, ...rest] = [...endsWithUs, command, ...args];
    this.child = spawn(program, rest, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const { stdout, stderr } = this.child;
    if (!stdout || !stderr) throw new Error('both streams are pipes');
    stdout.on('data', (chunk) => {
      this.stdout += chunk;
    });
    stderr.on('data', (chunk) => {
      this.stderr += chunk;
    });
    for (const input of [stdout, stderr]) createInterface({ input }).on('line', (line) => this.take(line));
    this.end = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (status, signal) => {
        this.over = true;
        for (const look of this.waiting) look();
        resolve({ status, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** Its end by itself. */
  get ended(): Promise<Ended> {
    return within(() => `the end of the program; it said:\n${this.output}`, this.end, endMsMax);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get output(): string {
    return `${this.stdout}${this.stderr}`;
  }

  /** A line of either stream, said already or still to come. Rejects with everything that was said when the program ends without it. */
  line(wanted: RegExp, { after = 0 }: { after?: number } = {}): Promise<string> {
    const said = new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = this.lines.slice(after).find((line) => wanted.test(line));
        if (found === undefined && !this.over) return;
        this.waiting.delete(look);
        if (found !== undefined) resolve(found);
        else reject(new Error(`the program ended without a line like ${wanted}; it said:\n${this.output}`));
      };
      this.waiting.add(look);
      look();
    });
    return within(() => `a line like ${wanted}; the program said:\n${this.output}`, said);
  }

  /** How many lines were said so far: `line(…, {after: linesSaid})` waits for a new one. */
  get linesSaid(): number {
    return this.lines.length;
  }

  /** Sends a signal and waits for the end. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }

  private take(line: string): void {
    this.lines.push(line);
    for (const look of [...this.waiting]) look();
  }
}
