import { notSimulated } from './table.js';

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#http-calls
export const httpCallFunctions = [
  notSimulated('HTTP callouts', 'proxy_http_call', [
    'upstream_name_data',
    'upstream_name_size',
    'headers_data',
    'headers_size',
    'body_data',
    'body_size',
    'trailers_data',
    'trailers_size',
    'timeout_milliseconds',
    'return_call_id',
  ]),
];
