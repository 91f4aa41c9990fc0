import { isIP } from 'node:net';

/** What URLs, sockets and interfaces add to an address, in the order in which it is taken off. */
const additions: [what: string, form: RegExp][] = [
  ['the blanks', /^\s*(\S.*?)\s*$/],
  ['the scheme', /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/]+)\/?$/],
  ['the port', /^(\[.*\]|[^:]*):\d+$/],
  ['the brackets', /^\[(.*)\]$/],
  ['the zone', /^([^%]*)%.*$/],
];

/**
 * What to change in an address that is written as elsewhere: `[::1]`, `fe80::1%eth0`, `127.0.0.1:80`. Undefined where taking
 * such things off leaves none. `isName` says what else than an IP address is one here.
 */
export function addressAdvice(text: string, isName: (text: string) => boolean = () => false): string | undefined {
  const [, address = '', prefix = ''] = /^(.*?)(\/\d+)?$/s.exec(text) ?? [];
  let bare = address;
  const dropped: string[] = [];
  for (const [what, form] of additions) {
    const inside = form.exec(bare)?.[1];
    if (inside === undefined || inside === bare) continue;
    bare = inside;
    dropped.push(what);
  }
  if (dropped.length === 0 || (isIP(bare) === 0 && !isName(bare))) return undefined;
  const written = `${bare}${prefix}`;
  // Quoted where YAML would read it otherwise.
  return `drop ${dropped.join(' and ')}: write ${written.includes(':') ? `"${written}"` : written}`;
}
