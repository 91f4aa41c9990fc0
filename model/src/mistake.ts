import { suggestionIn } from './near-word.js';
import type { Path, ResourceId } from './resource.js';

/**
 * A mistake of the user's: what is wrong, and what to write instead. A value, not an error: all of them are shown at once.
 * Whoever knows where the resource stands adds the place: a line of a file, a document of a request.
 */
export interface Mistake {
  /** The very object that was checked; what a document says of itself where it is too wrong to be one. */
  resource?: ResourceId;
  /** From the document's top, e.g. `['spec', 'rules', 0, 'allow', 1]`; empty for the document as a whole. */
  path: Path;
  message: string;
  /** All goes on with it; a person should know. */
  warning?: true;
  /** The word to write in place of what stands there. */
  suggestion?: string;
}

export function mistake(resource: ResourceId | undefined, path: Path, message: string): Mistake {
  const suggestion = suggestionIn(message);
  return {
    ...(resource ? { resource } : {}),
    path,
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

export function warning(resource: ResourceId, path: Path, message: string): Mistake {
  return { ...mistake(resource, path, message), warning: true };
}
