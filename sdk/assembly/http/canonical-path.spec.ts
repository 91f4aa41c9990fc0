import { heapArena } from '../memory/arena';
import { textSlice } from '../bytes/slice';
import { canonicalPath } from './canonical-path';

const arena = heapArena();

function canonical(path: string): string {
  const made = canonicalPath(arena, textSlice(arena, path));
  return made ? String.UTF8.decodeUnsafe(made.at, made.length) : 'none';
}

describe('the canonical path', () => {
  it('merges slashes and resolves dot segments', () => {
    expect(canonical('/a//b/./c/../d')).toBe('/a/b/d');
    expect(canonical('/../..')).toBe('/');
    expect(canonical('/a/b/..')).toBe('/a/');
  });
  it('decodes before it resolves', () => {
    expect(canonical('/x/%2e%2E/%61dmin')).toBe('/admin');
  });
  it('takes parameters off', () => {
    expect(canonical('/admin;x=1/..;y/public;z')).toBe('/public');
  });
  it('decodes once', () => {
    expect(canonical('/%252e%252e/x')).toBe('/%252e%252e/x');
  });
  it('is not there for what could be read in two ways', () => {
    expect(canonical('/a%2fb')).toBe('none');
    expect(canonical('/a%5cb')).toBe('none');
    expect(canonical('/a%00')).toBe('none');
    expect(canonical('/a%')).toBe('none');
    expect(canonical('/a\\b')).toBe('none');
    expect(canonical('a')).toBe('none');
  });
  it('is its own canonical path', () => {
    const paths = ['/a/../b', '/a;b/c', '/%7e/%41', '//x//', '/a/.', '/%c3%a9'];
    for (let i = 0; i < paths.length; i++) expect(canonical(canonical(paths[i]))).toBe(canonical(paths[i]));
  });
});
