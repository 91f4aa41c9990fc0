export const npm: { command: string; args: string[] };
