/** Builds the command's bundle into `folder` (cli/bundle); says whether something changed. */
export function bundleCli(folder?: string): Promise<boolean>;
