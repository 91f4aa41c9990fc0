import { Argument, Command, Option } from 'commander';
import { coloured } from './colours.js';
import { output } from './output.js';
import { release } from './release.js';

/** The program: every command loads its own code only when it is called, so that starting stays quick. */
export function program(json: boolean): Command {
  const tollgate = new Command('tollgate')
    .description('Govern service-to-service traffic with WebAssembly filters for Envoy.')
    .version(release.version)
    .showHelpAfterError('(run with --help for usage)')
    .configureOutput({
      // As JSON a mistake in the command line goes where every other result goes.
      ...(json ? { writeErr: () => {} } : {}),
      outputError: (text, write) => write(text.replace(/^error:/, coloured(process.stderr, 'red', 'error:'))),
    })
    .exitOverride();

  const files = () =>
    new Option('-f, --file <path...>', 'policy files, directories, or - for standard input').makeOptionMandatory();
  const asJson = () => new Option('--json', 'print results as JSON').default(false);

  tollgate
    .command('validate')
    .description('check policy files and run their examples in the simulator')
    .addOption(files())
    .addOption(asJson())
    .addHelpText('after', example('tollgate validate -f examples/quickstart'))
    .action(async (options) => (await import('./commands/validate.js')).validate(options, output(options.json)));

  tollgate
    .command('bootstrap')
    .description(
      'compile policies to a complete Envoy bootstrap for one node; names the environment variables that Envoy needs',
    )
    .addOption(files())
    .requiredOption('--node <name>', 'the node whose Envoy it is for')
    .option('-o, --output <file>', 'write to a file (.yaml or .json) instead of standard output')
    .option('--wasm-path <path>', 'refer to the filter module by this path instead of embedding it')
    .addOption(asJson())
    .addHelpText('after', example('tollgate bootstrap -f examples/quickstart --node vendors-1 -o envoy.yaml'))
    .action(async (options) => (await import('./commands/bootstrap.js')).bootstrap(options, output(options.json)));

  tollgate
    .command('run')
    .description('start and supervise the Envoys of the nodes in the policy files')
    .addOption(files())
    .option('--node <name...>', 'only these nodes')
    .option('--watch', 'apply changed files', false)
    .option('--echo', 'answer on every application address that nothing listens on', false)
    .addOption(asJson())
    .addHelpText('after', example('tollgate run -f examples/quickstart --watch --echo'))
    .action(async (options) => (await import('./commands/run.js')).run(options, output(options.json)));

  tollgate
    .command('token')
    .description('print the header that carries a valid token, one `name: value` per line, for curl -H')
    .addOption(files())
    .requiredOption('--system <id>', 'the system that signs')
    .option('--policy <name>', 'the TokenPolicy, if the system is in several')
    .option('--at <time>', 'sign for this time instead of now, e.g. 2026-11-21T10:15:00Z')
    .addOption(asJson())
    .addHelpText(
      'after',
      example('curl -H "$(tollgate token -f examples/quickstart --system orders)" http://127.0.0.1:9001/vendors/7'),
    )
    .action(async (options) => (await import('./commands/token.js')).token(options, output(options.json)));

  tollgate
    .command('control')
    .description('serve bootstraps and checks over HTTP, following changes of the policy files')
    .addOption(files())
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option('--port <port>', 'the port to listen on', '8180')
    .addOption(asJson())
    .addHelpText('after', example('tollgate control -f examples/quickstart --port 8180'))
    .action(async (options) => (await import('./commands/control.js')).control(options, output(options.json)));

  tollgate
    .command('test')
    .description('run scenarios in the simulator, in a real Envoy, or in both')
    .argument('[files...]', 'scenario files or directories (default: scenarios or tests/scenarios)')
    .option('--envoy', 'run them in a real Envoy', false)
    .option('--both', 'run them in both, and compare everything', false)
    .option('--watch', 'run them again whenever a file changes', false)
    .addOption(
      new Option('--reporter <name>', 'how results are shown').choices(['spec', 'tap', 'junit']).default('spec'),
    )
    .addOption(asJson())
    .addHelpText('after', example('tollgate test --both --reporter junit tests/scenarios > report.xml'))
    .action(async (paths, options) => (await import('./commands/test.js')).test(paths, options, output(options.json)));

  const several = (value: string, before: string[]) => [...before, value];
  tollgate
    .command('trace')
    .description('send requests through a filter in the simulator and print every call between host and filter')
    .argument('<filter>', 'a Proxy-Wasm module (.wasm)')
    .option('--config <text>', "the plugin's configuration, or @file")
    .option('--root-id <id>', 'which of the plugins in the module, for modules with several')
    .option('--request <line>', 'method and path, for example "GET /vendors"; may be repeated', several, [])
    .option('-H, --header <header>', 'a header of the requests, "name: value"; may be repeated', several, [])
    .option('-d, --data <text>', 'the body of the requests, or @file')
    .option('--peer <address>', "the client's address and port")
    .option('--env <variable>', 'NAME=value, a variable that the filter may read; may be repeated', several, [])
    .option('--callout <answer>', "cluster=status, the answer to the filter's calls; may be repeated", several, [])
    .option('--answer <status>', "the status of the application's answer", '200')
    .option('--workers <count>', 'worker threads, each with a VM of its own', '1')
    .addOption(asJson())
    .addHelpText(
      'after',
      example('tollgate trace filter.wasm --config @config.json --request "GET /vendors" -H "x-key: k"'),
    )
    .action(async (file, options) => (await import('./commands/trace.js')).trace(file, options, output(options.json)));

  tollgate
    .command('new')
    .description('create a folder with a filter, its spec, its scenario and an Envoy configuration')
    .addArgument(new Argument('<what>', 'what to create').choices(['filter']))
    .argument('<name>', 'the name of the filter and of the folder, for example api-key')
    .addOption(asJson())
    .addHelpText('after', example('tollgate new filter api-key'))
    .action(async (_what, name, options) => (await import('./commands/new.js')).newFilter(name, output(options.json)));

  tollgate
    .command('schema')
    .description('print the JSON Schema of the policy language, for editors')
    .option('-o, --output <file>', 'write to a file instead of standard output')
    .addOption(asJson())
    .addHelpText('after', example('tollgate schema -o tollgate.schema.json'))
    .action(async (options) => (await import('./commands/schema.js')).schema(options, output(options.json)));

  tollgate
    .command('completion')
    .description('print a script that completes commands, options and their values in a shell')
    .addArgument(new Argument('<shell>', 'the shell that reads it').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', example('source <(tollgate completion bash)'))
    .action(async (shell) => {
      const { completion } = await import('./commands/completion.js');
      process.stdout.write(completion(shell, tollgate));
    });

  return tollgate;
}

const example = (line: string) => `\nExample:\n  ${line}`;
