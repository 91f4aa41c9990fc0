/** The npm that runs us, or the user's. Scripts of npm find another one first: a package that we need brings along an old one. */
const { npm_execpath: running } = process.env;

export const npm = running ? { command: process.execPath, args: [running] } : { command: 'npm', args: [] };
