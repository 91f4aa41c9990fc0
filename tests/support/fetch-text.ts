import { type RequestOptions, request } from 'node:http';
import { within } from './wait.js';

export interface TextAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** One request on a connection of its own. */
export function fetchText(url: string, options: RequestOptions & { body?: string } = {}): Promise<TextAnswer> {
  const { body, ...rest } = options;
  const answer = new Promise<TextAnswer>((resolve, reject) => {
    const call = request(url, { ...rest, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
  return within(`the answer to ${url}`, answer);
}
