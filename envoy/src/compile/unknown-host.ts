import type { VirtualHost } from '../types.js';

/** The answer, in the form of all refusals (docs/policies/refusals.md). */
const refusal = {
  error: 'bad_gateway',
  reason: 'unknown_host',
  filter: 'routing',
  rule: '',
  requestId: '%REQ(X-REQUEST-ID):256%',
};

/** An id that means itself in JSON. Envoy escapes in JSON that it makes itself, and puts its fields in another order. */
const plainId = { name: 'x-request-id', string_match: { safe_regex: { regex: '[!#-\\[\\]-~]*' } } };

/** Where calls end whose host nobody has: the registry is all that can be called. */
export const unknownHost: VirtualHost = {
  name: refusal.reason,
  domains: ['*'],
  response_headers_to_add: [{ header: { key: 'x-tollgate-reason', value: refusal.reason } }],
  routes: [
    // Its text becomes grpc-message, and 502 the status 14.
    { match: { prefix: '/', grpc: {} }, direct_response: { status: 502, body: { inline_string: refusal.reason } } },
    {
      match: { prefix: '/', headers: [plainId] },
      direct_response: {
        status: 502,
        body_format: {
          content_type: 'application/json',
          text_format_source: { inline_string: `${JSON.stringify(refusal)}\n` },
        },
      },
    },
    { match: { prefix: '/' }, direct_response: { status: 502, body_format: { json_format: refusal } } },
  ],
};
