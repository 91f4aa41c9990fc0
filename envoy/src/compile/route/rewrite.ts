import type { RouteFeature } from '../feature.js';
import { isSentOn } from './sent-on.js';

/** What is written anew of the path and the host. Envoy puts `uri` in the place of what was asked of the path, all of it or its beginning. */
export const rewrite: RouteFeature = ({ http }) => {
  if (!http.rewrite || !isSentOn(http)) return undefined;
  const { uri, authority, uriRegexRewrite } = http.rewrite;
  return {
    route: {
      ...(uri === undefined ? {} : { prefix_rewrite: uri }),
      ...(uriRegexRewrite
        ? { regex_rewrite: { pattern: { regex: uriRegexRewrite.match }, substitution: uriRegexRewrite.rewrite } }
        : {}),
      ...(authority === undefined ? {} : { host_rewrite_literal: authority }),
    },
  };
};
