import { heapArena } from '../memory/arena';
import { Slice, textSlice } from '../bytes/slice';
import { canonicalPath, canonicalPrefix, canonicalSuffix } from './canonical-path';

const arena = heapArena();

function textOf(made: Slice | null): string {
  return made ? String.UTF8.decodeUnsafe(made.at, made.length) : 'none';
}

function canonical(path: string): string {
  return textOf(canonicalPath(arena, textSlice(arena, path)));
}

describe('the canonical path', () => {
  it('merges slashes and resolves dot segments', () => {
    expect(canonical('/a//b/./c/../d')).toBe('/a/b/d');
    expect(canonical('/../..')).toBe('/');
    expect(canonical('/a/b/..')).toBe('/a/');
  });
  it('decodes what may stand there as it is, and encodes the rest', () => {
    expect(canonical('/%61dmin%3a%40%2b')).toBe('/admin:@+');
    expect(canonical('/%c3%a9%20')).toBe('/%C3%A9%20');
    expect(canonical('/\u00e9|')).toBe('/%C3%A9%7C');
  });
  it('takes parameters off', () => {
    expect(canonical('/admin;x=1/../public;z')).toBe('/public');
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
    expect(canonical('/a?b')).toBe('none');
    expect(canonical('/a/..;/b')).toBe('none');
    expect(canonical('/a/%2e/b')).toBe('none');
  });
  it('is its own canonical path', () => {
    const paths = ['/a/../b', '/a;b/c', '/%7e/%41', '//x//', '/a/.', '/%c3%a9', '/%25%32e'];
    for (let i = 0; i < paths.length; i++) expect(canonical(canonical(paths[i]))).toBe(canonical(paths[i]));
  });
});

describe('a part of canonical paths', () => {
  it('may begin in front of what follows', () => {
    expect(textOf(canonicalPrefix(arena, textSlice(arena, '/a/../%62//.')))).toBe('/b/.');
    expect(textOf(canonicalPrefix(arena, textSlice(arena, 'b')))).toBe('none');
  });
  it('may end behind what precedes', () => {
    expect(textOf(canonicalSuffix(arena, textSlice(arena, '%2ekey')))).toBe('.key');
    expect(textOf(canonicalSuffix(arena, textSlice(arena, '/../key')))).toBe('none');
  });
});
