import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { before, test } from 'node:test';
import { buildExample, startExample } from '../../../tests/support/example-filter.js';
import { listen } from '../../../tests/support/listen.js';
import { event, within } from '../../../tests/support/wait.js';

let wasm: Uint8Array;
before(async () => {
  wasm = await buildExample('tcp');
});

for (const host of ['simulator', 'envoy'] as const) {
  test(`${host}: a connection passes when it begins with the greeting, which is taken off`, async (context) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('data', (data) => socket.write(`<${data}>`));
      socket.on('end', () => socket.end());
      socket.on('error', () => {});
    });
    const upstream = await listen(server);
    context.after(() => server.close());
    const { port, logged } = await startExample(context, host, 'tcp', wasm, [upstream]);

    /** Sends the pieces, one when the one before is on its way, and returns all that came back. */
    const talk = async (...pieces: string[]): Promise<string> => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      for (const piece of pieces)
        await within(`"${piece}" to be sent`, new Promise((sent) => socket.write(piece, sent)));
      socket.end();
      await event('the end of the connection', socket, 'close');
      return Buffer.concat(chunks).toString();
    };

    assert.equal(await talk('hello\nabc'), '<abc>');
    assert.match(await logged(/greeted, sent 3/), /greeted, sent 3, received 5$/);
    assert.equal((await talk('hel', 'lo', '\nabc')).replaceAll('><', ''), '<abc>');
    assert.equal(await talk('hullo\nabc'), '', 'another greeting');
    assert.equal(await talk('hell'), '', 'half a greeting');
    await logged(/refused, sent 0, received 0/);
  });
}
