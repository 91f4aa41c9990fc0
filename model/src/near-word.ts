import leven from 'leven';

/** `, did you mean "vendors"?` for a word that is near one of the known ones, else nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  let best: string | undefined;
  // Two letters or a third of the word may differ, in a short word one: more suggests unrelated words.
  let bestDistance = (word.length <= 3 ? 1 : Math.max(2, Math.floor(word.length / 3))) + 1;
  for (const candidate of known) {
    const distance = leven(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best === undefined ? '' : `, did you mean "${best}"?`;
}

/** The word that a message suggests: schemas can give nothing but a text. */
export function suggestionIn(message: string): string | undefined {
  return /, did you mean "([^"]*)"\?$/.exec(message)?.[1];
}
