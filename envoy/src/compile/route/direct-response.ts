import type { RouteFeature } from '../feature.js';

/** The proxy answers itself. */
export const directResponse: RouteFeature = ({ http: { directResponse, redirect } }) => {
  if (!directResponse || redirect) return undefined;
  const { status, body } = directResponse;
  const source = body?.bytes === undefined ? { inline_string: body?.string ?? '' } : { inline_bytes: body.bytes };
  return { direct_response: { status, ...(body ? { body: source } : {}) } };
};
