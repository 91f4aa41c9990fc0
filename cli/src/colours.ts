import type { WriteStream } from 'node:tty';

const codes = { red: 31, green: 32, yellow: 33 };
export type Colour = keyof typeof codes;

/** On a terminal that has colours, unless NO_COLOR is set (no-color.org); the plain text anywhere else. */
export function coloured(stream: NodeJS.WriteStream, colour: Colour, text: string): string {
  const wanted = stream.isTTY && !process.env.NO_COLOR && (stream as unknown as WriteStream).hasColors();
  return wanted ? `\x1b[${codes[colour]}m${text}\x1b[39m` : text;
}
