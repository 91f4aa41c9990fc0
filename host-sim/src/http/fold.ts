/** Fewer repeats are easier read than counted. */
const REPEATS_MIN = 10;
/** Lines that repeat together: a loop seldom makes more calls than this. */
const BLOCK_LINES_MAX = 16;

/** Lines of which a loop wrote the same ones, but for numbers, again and again: the first time, and how often they came again. */
export function foldRepeats(lines: readonly string[]): string[] {
  const shapes = lines.map((line) => line.replace(/\d+/g, '0'));
  const folded: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const { size, repeats } = blockAt(shapes, at);
    folded.push(...lines.slice(at, at + size));
    if (repeats > 0)
      folded.push(`… ${size === 1 ? 'this line' : `these ${size} lines`} ${repeats.toLocaleString('en')} times more`);
    at += size * (repeats + 1);
  }
  return folded;
}

/** The smallest block of lines that begins here and repeats often enough; else the one line. */
function blockAt(shapes: readonly string[], at: number): { size: number; repeats: number } {
  for (let size = 1; size <= BLOCK_LINES_MAX; size++) {
    let end = at + size;
    while (end < shapes.length && shapes[end] === shapes[end - size]) end++;
    const repeats = Math.floor((end - at) / size) - 1;
    if (repeats >= REPEATS_MIN) return { size, repeats };
  }
  return { size: 1, repeats: 0 };
}
