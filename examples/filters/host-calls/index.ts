import {
  Action,
  GrpcCall,
  HeaderMap,
  HeaderPairs,
  HttpCall,
  HttpFilter,
  Level,
  LifeSpan,
  NO_EXPRESSION,
  PropertyType,
  Slice,
  Writer,
  callForeignFunction,
  callStatus,
  clearRouteCache,
  compress,
  counter,
  createExpression,
  currentTimeNs,
  declareProperty,
  deleteExpression,
  dequeue,
  enqueue,
  environment,
  evaluateExpression,
  finishPlugin,
  flagProperty,
  gauge,
  grpcCancel,
  grpcClose,
  grpcSend,
  histogram,
  holds,
  hostStatus,
  increment,
  log,
  metricValue,
  monotonicNs,
  numberProperty,
  pluginConfiguration,
  programArgument,
  property,
  randomBelow,
  randomBytes,
  record,
  registerQueue,
  request,
  requestBody,
  requestHeaders,
  requestTrailers,
  resolveQueue,
  responseBody,
  responseHeaders,
  setEffectiveContext,
  setEnvoyFilterState,
  setProperty,
  share,
  shared,
  sign,
  statusName,
  uncompress,
  verifySignature,
  vmConfiguration,
  wallMs,
} from 'proxy-wasm';

/** Calls every function of the host and logs what it returns: `label = value (STATUS)`. The path chooses a group. */
@filter
class HostCalls extends HttpFilter {
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const path = requestHeaders.first(':path');
    if (!path) return Action.CONTINUE;
    if (path.equals('/headers')) headers(requestHeaders);
    if (path.equals('/properties')) properties();
    if (path.equals('/shared')) sharedThings();
    if (path.equals('/metrics')) metrics();
    if (path.equals('/foreign')) foreign();
    if (path.equals('/expressions')) expressions();
    // Only with --use WITH_GRPC=1: a host without gRPC cannot load a module that imports it.
    if (path.equals('/grpc') && isDefined(WITH_GRPC)) grpc();
    if (path.equals('/misuse')) misuse(this.id);
    if (path.equals('/system')) system();
    return Action.CONTINUE;
  }

  onRequestBody(size: u32, endOfStream: bool): Action {
    if (endOfStream) return Action.CONTINUE;
    number('body length', requestBody.length);
    text('body from 1', requestBody.read(1, 3));
    text('body beyond the end', requestBody.read(99, 1));
    number('body of at most 2', requestBody.all(2) ? 1 : 0);
    status('prepend', requestBody.prepend('<'));
    status('append', requestBody.append('>'));
    text('body', requestBody.all(1000));
    text('response body', responseBody.read(0, 10));
    text('headers are gone', requestHeaders.first(':path'));
    status('headers cannot be changed', requestHeaders.set('x-late', '1'));
    return Action.CONTINUE;
  }
}

function headers(map: HeaderMap): void {
  text('first of two', map.first('x-two'));
  const all = map.all();
  if (all) {
    const first = all.find('x-two');
    text('second of two', all.value(all.find('x-two', first + 1)));
  }
  text('not there', map.first('x-none'));
  text('empty', map.first('x-empty'));
  text('bytes', map.first('x-bytes'));
  status('add', map.add('x-two', '3'));
  status('set', map.set('X-Set', 'a'));
  text('set', map.first('x-set'));
  status('remove', map.remove('x-two'));
  status('remove what is not there', map.remove('x-none'));
  text('removed', map.first('x-two'));
  number('some bytes', map.byteLength() > 20 ? 1 : 0);
  text('no trailers yet', requestTrailers.first('x-t'));
  number('bytes of no trailers', requestTrailers.byteLength());
  status('response headers are not there yet', responseHeaders.set('x-a', '1'));
  const pairs = HeaderPairs.begin();
  if (all) {
    for (let i = 0; i < all.count; i++) if (!all.name(i).equals('x-empty')) pairs.add(all.name(i), all.value(i));
  }
  status('all replaced', map.replaceAll(pairs.done()));
  text('left out', map.first('x-empty'));
}

function properties(): void {
  text('plugin_name', property('plugin_name'));
  text('request path', property('request\0path'));
  text('not there', property('nothing'));
  text('not there below', property('request\0headers\0x-none'));
  text('old name', property('cluster_name'));
  text('empty path', property(''));
  number('mtls', flagProperty('connection\0mtls', true) ? 1 : 0);
  number('port is a number', numberProperty('source\0port', -1) > 0 ? 1 : 0);
  number('no number', <i32>numberProperty('nothing', -7));
  number('text is no number', <i32>numberProperty('request\0method', -7));
  status('declared', declareProperty('kept', PropertyType.STRING, LifeSpan.REQUEST));
  status('declared twice', declareProperty('kept', PropertyType.STRING, LifeSpan.REQUEST));
  status('set', setProperty('kept', 'value'));
  text('read back', property('kept'));
  status('with a NUL', setProperty('a\0b', 'value'));
  status('filter state', setEnvoyFilterState('no.such.key', 'a'));
}

function sharedThings(): void {
  const key: Slice = 'key';
  const value: Slice = 'value';
  text('absent', shared(key.at, key.length) ? value : null);
  share(key.at, key.length, value.at, value.length, 0);
  status('first', hostStatus());
  const read = shared(key.at, key.length);
  const cas = read ? read.cas : 0;
  share(key.at, key.length, value.at, 0, cas);
  status('with its ticket', hostStatus());
  share(key.at, key.length, value.at, 1, cas);
  status('with an old ticket', hostStatus());
  const empty = shared(key.at, key.length);
  number('empty value', empty ? empty.length : -1);
  const queue = registerQueue('line');
  number('again the same', registerQueue('line') == queue ? 1 : 0);
  number('resolved', resolveQueue('host-calls', 'line') == queue ? 1 : 0);
  number('not there', resolveQueue('host-calls', 'none'));
  status('not there', hostStatus());
  text('nothing in it', dequeue(queue));
  status('one', enqueue(queue, 'one'));
  status('an empty one', enqueue(queue, ''));
  text('first', dequeue(queue));
  text('second', dequeue(queue));
  status('to no queue', enqueue(77, 'x'));
  text('from no queue', dequeue(77));
}

function metrics(): void {
  const calls = counter('c');
  const level = gauge('g');
  const times = histogram('h');
  status('counter', increment(calls, 2));
  status('counter down', increment(calls, -1));
  status('counter record', record(calls, 3));
  number('counter', <i32>metricValue(calls));
  status('gauge down', increment(level, -1));
  status('gauge', record(level, 7));
  number('gauge', <i32>metricValue(level));
  status('histogram', record(times, 5));
  status('histogram increment', increment(times, 1));
  number('histogram', <i32>metricValue(times));
  status('histogram', hostStatus());
  status('none', increment(0, 1));
  number('unknown', <i32>metricValue(4000));
  status('unknown', hostStatus());
}

function foreign(): void {
  const packed = compress('hello hello hello');
  text('there and back', packed ? uncompress(packed) : null);
  text('junk', uncompress('junk'));
  text('unknown function', callForeignFunction('nothing', 'a'));
  number('route cache', clearRouteCache() ? 1 : 0);
  number('signature', verifySignature('sha256', 'key', 'signature', 'text') ? 1 : 0);
  const call = HttpCall.to('nowhere', 'GET', 'a', '/');
  number('call to nowhere', call.send(100));
  status('call to nowhere', hostStatus());
}

function expressions(): void {
  const right = createExpression("request.path == '/expressions'");
  number('expression', holds(right) ? 1 : 0);
  const value = createExpression('request.path');
  text('its value', evaluateExpression(value));
  number('is no truth', holds(value) ? 1 : 0);
  number('deleted', deleteExpression(value) ? 1 : 0);
  text('after that', evaluateExpression(value));
  number('wrong', createExpression('request.path ==') == NO_EXPRESSION ? 1 : 0);
  status('wrong', hostStatus());
  number('never true', holds(NO_EXPRESSION) ? 1 : 0);
  number('no key to sign with', sign('sha256', 'key', 'text') ? 1 : 0);
}

function grpc(): void {
  const unknown = GrpcCall.to('nowhere', 'a.B', 'C');
  number('call to nowhere', unknown.send('', 100));
  status('call to nowhere', hostStatus());
  number('stream to nowhere', unknown.startStream());
  status('stream to nowhere', hostStatus());
  const given = GrpcCall.to('checks', 'example.Checks', 'Check');
  given.headers.add('x-metadata', 'a');
  const token = given.send('question', 1000);
  number('sent', token ? 1 : 0);
  status('given up', grpcCancel(token));
  status('no such stream', grpcSend(77, 'x', false));
  status('no such stream', grpcClose(77));
  status('no such call', grpcCancel(77));
}

function misuse(id: u32): void {
  number('no such context', setEffectiveContext(4000) ? 1 : 0);
  status('no such context', hostStatus());
  number('own context', setEffectiveContext(id) ? 1 : 0);
  status('done when nobody asked', finishPlugin());
  text('configuration of the plugin', pluginConfiguration(100));
  text('configuration of the VM', vmConfiguration(100));
  const none = callStatus();
  number('no call', none ? none.code : -1);
}

function system(): void {
  text('granted', environment(request, 'HOST_CALLS'));
  number('not granted', environment(request, 'HOME') ? 1 : 0);
  number('arguments', programArgument(request, 0) ? 1 : 0);
  const random = randomBytes(request, 100000);
  number('random bytes', random ? random.length : -1);
  number('random number', randomBelow(1) == 0 && randomBelow(6) < 6 ? 1 : 0);
  number('clocks agree', abs(<i64>(currentTimeNs() / 1_000_000) - wallMs()) < 10000 ? 1 : 0);
  const before = monotonicNs();
  number('time does not go back', monotonicNs() >= before ? 1 : 0);
}

function text(label: Slice, value: Slice | null): void {
  const line = Writer.in(request).text(label).text(' = ');
  if (value) line.byte(0x22).text(value).byte(0x22);
  else line.text('null ').text(nameOf(hostStatus()));
  log(Level.INFO, line.done());
}

function number(label: Slice, value: i32): void {
  const line = Writer.in(request).text(label).text(' = ');
  if (value < 0) line.byte(0x2d);
  log(Level.INFO, line.decimal(<u64>abs(value)).done());
}

function status(label: Slice, code: u32): void {
  log(Level.INFO, Writer.in(request).text(label).text(': ').text(nameOf(code)).done());
}

function nameOf(code: u32): Slice {
  return statusName(code);
}
