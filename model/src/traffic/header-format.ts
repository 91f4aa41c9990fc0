/**
 * What Envoy puts in the place of `%NAME%`. Of its commands only those that tell of the call itself: others read files, the
 * environment or secrets of the proxy.
 */
const commands = [
  ...['DOWNSTREAM_REMOTE_ADDRESS', 'DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT', 'DOWNSTREAM_REMOTE_PORT'],
  ...['DOWNSTREAM_LOCAL_ADDRESS', 'DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT', 'DOWNSTREAM_LOCAL_PORT'],
  ...['UPSTREAM_REMOTE_ADDRESS', 'UPSTREAM_HOST', 'UPSTREAM_CLUSTER'],
  ...['PROTOCOL', 'START_TIME', 'HOSTNAME', 'ROUTE_NAME', 'RESPONSE_CODE', 'RESPONSE_CODE_DETAILS', 'RESPONSE_FLAGS'],
];

/** `%REQ(name)%`, or `%REQ(name?other)%` where it is absent; `:60` cuts. */
const fieldCommand = /^(REQ|RESP)\(:?[A-Za-z0-9_-]+(\?:?[A-Za-z0-9_-]+)?\)(:[0-9]{1,4})?$/;

/** What is wrong with a value in which Envoy fills in `%…%`; a percent sign is written twice. */
export function headerFormatProblem(text: string): string | undefined {
  const parts = text.replaceAll('%%', '').split('%');
  if (parts.length % 2 === 0) return 'has a single "%", write %% for a percent sign';
  const unknown = parts.find((part, index) => index % 2 === 1 && !commands.includes(part) && !fieldCommand.test(part));
  if (unknown === undefined) return undefined;
  return `"%${unknown}%" is not filled in here, write ${commands.slice(0, 1)[0]}, REQ(name) or another that tells of the call, or %% for a percent sign`;
}
