import { connect } from 'node:net';
import { within } from '../../../tests/support/wait.js';

/**
 * Sends bytes and gives back the bytes of one answer, complete, or what came before the end of the connection. With
 * `silenceMs` the client leaves when so long nothing came: a filter can stop a request for good.
 */
export function exchange(port: number, request: string, silenceMs = 0): Promise<string> {
  const head = request.startsWith('HEAD ');
  const answered = new Promise<string>((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(request, 'latin1')));
    const done = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (isComplete(answer, head)) done();
    });
    socket.setTimeout(silenceMs, done);
    socket.on('close', done);
    socket.on('error', reject);
  });
  return within(`the answer to ${request.split('\r\n')[0]}`, answered);
}

function isComplete(answer: string, head: boolean): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const status = Number(answer.slice(9, 12));
  const rest = answer.slice(end + 4);
  if (status < 200) return isComplete(rest, head);
  const length = /\ncontent-length: (\d+)/.exec(answer.slice(0, end));
  if (head || status === 204 || status === 304) return true;
  if (length) return rest.length >= Number(length[1]);
  return rest.endsWith('0\r\n\r\n');
}
