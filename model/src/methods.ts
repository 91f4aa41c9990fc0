/**
 * The methods that there are: IANA's registry (RFC 9110 §16.1), and those in use that never were registered. A rule for any
 * other would wait for a call that nobody makes.
 */
export const methods: readonly [string, ...string[]] = [
  'GET',
  ...['HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'PRI', 'QUERY'],
  ...['ACL', 'BASELINE-CONTROL', 'BIND', 'CHECKIN', 'CHECKOUT', 'COPY', 'LABEL', 'LINK', 'LOCK', 'MERGE', 'MKACTIVITY'],
  ...['MKCALENDAR', 'MKCOL', 'MKREDIRECTREF', 'MKWORKSPACE', 'MOVE', 'ORDERPATCH', 'PROPFIND', 'PROPPATCH', 'REBIND'],
  ...['REPORT', 'SEARCH', 'UNBIND', 'UNCHECKOUT', 'UNLINK', 'UNLOCK', 'UPDATE', 'UPDATEREDIRECTREF', 'VERSION-CONTROL'],
  ...['BAN', 'MSEARCH', 'M-SEARCH', 'NOTIFY', 'PURGE', 'REFRESH', 'SOURCE', 'SUBSCRIBE', 'UNSUBSCRIBE'],
];
