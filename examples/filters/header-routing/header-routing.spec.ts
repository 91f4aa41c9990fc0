import { answer, configure, conversation, header, request, upstreamHeader } from '@tollgate/host-sim/assembly/index';

describe('header-routing, in the host of the simulator', () => {
  it('refuses a configuration without tenants', () => {
    expect(configure('{}')).toBe(false);
  });

  it('says which version shall answer, whatever the client says', () => {
    expect(configure('{"tenants":["acme"]}')).toBe(true);
    expect(request('GET /a\nx-tenant: acme')).toBe(200);
    expect(upstreamHeader('x-version')!).toBe('new');
    expect(request('GET /a\nx-tenant: other\nx-version: new')).toBe(200);
    expect(upstreamHeader('x-version')!).toBe('old');
  });

  it('leaves the answer alone', () => {
    answer(404, 'x-a: b');
    expect(request('GET /a')).toBe(404);
    expect(header('x-a')!).toBe('b');
    expect(header('x-version') == null).toBe(true);
    expect(conversation().includes('clear_route_cache')).toBe(true);
  });
});
