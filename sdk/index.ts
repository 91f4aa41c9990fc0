// Everything that filters use: `import { Action, HttpFilter } from 'proxy-wasm'`. What a filter does not use costs nothing.
// docs/sdk/reference.md has the same chapters in the same order.

// Filters, their streams and plugins
export { HttpFilter, TcpFilter, Filter } from './assembly/lifecycle/filter';
export { Action, Status, PeerType } from './assembly/abi/status';
export { Stream } from './assembly/lifecycle/stream';
export { Root, RootContext, findRoot } from './assembly/lifecycle/root';

// Headers and trailers
export {
  requestHeaders,
  requestTrailers,
  responseHeaders,
  responseTrailers,
  HeaderMap,
} from './assembly/http/header-map';
export { Headers, HeaderPairs, isHeaderName } from './assembly/http/headers';

// Answering, going on and closing
export { sendText, sendLocalResponse, NO_GRPC_STATUS } from './assembly/http/local-response';
export {
  continueRequest,
  continueResponse,
  continueDownstream,
  continueUpstream,
  closeRequest,
  closeResponse,
  closeDownstream,
  closeUpstream,
} from './assembly/hostcalls/stream';
export { clearRouteCache } from './assembly/hostcalls/route-cache';

// Bodies and TCP data
export { requestBody, responseBody, downstreamData, upstreamData, Body } from './assembly/bodies/body';

// The configuration, and other JSON
export { Decoder } from './assembly/json/decoder';
export { Value, Kind, firstOf, nextOf } from './assembly/json/value';
export { JsonParser } from './assembly/json/parser';

// Bytes and texts
export { Slice, sliceOf, textSlice, same, lower, isBlank, isDigit, isLetter } from './assembly/bytes/slice';
export { Writer } from './assembly/bytes/writer';
export { List } from './assembly/bytes/list';
export { SliceSet } from './assembly/bytes/slice-set';
export { toHex, fromHex, hexDigit } from './assembly/bytes/hex';
export { fromBase64Url } from './assembly/bytes/base64url';
export { utf8Length, writeUtf8 } from './assembly/bytes/utf8';
export { sameInConstantTime } from './assembly/bytes/constant-time';
export { copyBytes, clearBytes } from './assembly/bytes/copy';

// Memory
export { request, overdrawn, enter } from './assembly/memory/request';
export { make, Arena, heapArena, discard } from './assembly/memory/arena';
export { allocate, free } from './assembly/memory/heap';

// Calls to other services over HTTP
export { HttpCall } from './assembly/callouts/http-call';
export { httpCallStatus, httpCallHeaders, httpCallBody, httpCallTrailers } from './assembly/callouts/answer';

// Calls to other services over gRPC
export { GrpcCall, grpcSend, grpcClose, grpcCancel } from './assembly/grpc/call';
export { envoyGrpc } from './assembly/grpc/service';
export { grpcMessage, grpcInitialMetadata, grpcTrailingMetadata } from './assembly/grpc/answer';
export { callStatus, CallStatus } from './assembly/hostcalls/call-status';
export { MessageReader } from './assembly/protobuf/reader';
export { MessageWriter } from './assembly/protobuf/writer';

// Logs and metrics
export { log, Level, logs, logLevel } from './assembly/hostcalls/log';
export { counter, gauge, histogram, increment, record, metricValue } from './assembly/hostcalls/metric';

// Properties, expressions and the environment
export { property, numberProperty, flagProperty, setProperty } from './assembly/hostcalls/property';
export {
  createExpression,
  holds,
  evaluateExpression,
  deleteExpression,
  Expression,
  NO_EXPRESSION,
} from './assembly/hostcalls/expression';
export { declareProperty, setEnvoyFilterState, PropertyType, LifeSpan } from './assembly/hostcalls/filter-state';
export { environment, programArgument } from './assembly/hostcalls/environment';

// Time and timers
export { monotonicNs, wallMs, currentTimeNs } from './assembly/hostcalls/clock';
export { parseDay, parseSecond, writeDay, writeSecond, NO_DATE, DAY_MS, SECOND_MS } from './assembly/time/date';
export { startTimer, startPeriodicTimer, runTimers, stopTimer, stopTimersOf } from './assembly/timers/timers';
export { setTickPeriod } from './assembly/hostcalls/tick';

// Data and queues that workers share
export { shared, share, Shared, writtenAtLeast, forgetWritten } from './assembly/hostcalls/shared-data';
export { registerQueue, resolveQueue, enqueue, dequeue } from './assembly/queues/queue';

// Paths, addresses and networks
export { canonicalPath, canonicalPrefix, canonicalSuffix, percentDecoded } from './assembly/http/canonical-path';
export { Address, parseAddress, parseEndpoint } from './assembly/net/address';
export { Network, parseNetwork } from './assembly/net/network';
export { NetworkList, NetworkSet } from './assembly/net/network-set';

// Digests, signatures and random bytes
export { md5, MD5_BYTES } from './assembly/hash/md5';
export { sha1, SHA1_BYTES } from './assembly/hash/sha1';
export { sha256, SHA256_BYTES } from './assembly/hash/sha256';
export { sha512, SHA512_BYTES, SHA384_BYTES } from './assembly/hash/sha512';
export { HmacKey } from './assembly/hash/hmac';
export { HmacSha1Key } from './assembly/hash/hmac-sha1';
export { HmacSha512Key } from './assembly/hash/hmac-sha512';
export { sign } from './assembly/crypto/sign';
export { verifySignature, checkSignature, Signature } from './assembly/crypto/verify-signature';
export { rsaPublicKey, ecPublicKey, ecdsaSignature } from './assembly/crypto/der';
export { RsaKey, RSA_BYTES_MAX } from './assembly/crypto/rsa';
export { verifyPss } from './assembly/crypto/pss';
export { Ed25519Key, ED25519_KEY_BYTES, ED25519_SIGNATURE_BYTES } from './assembly/crypto/ed25519';
export { randomBytes, randomBelow, fillRandom } from './assembly/hostcalls/random';

// Numbers and tables
export { mulDiv, mulDivUp } from './assembly/bytes/mul-div';
export { tableHash, slotOf } from './assembly/hash/table-hash';

// Other host calls
export { pluginConfiguration, vmConfiguration } from './assembly/hostcalls/configuration';
export { callForeignFunction, foreignFunctionArgument } from './assembly/hostcalls/foreign-function';
export { compress, uncompress } from './assembly/hostcalls/compression';
export { setEffectiveContext, finishPlugin } from './assembly/hostcalls/context';
export { hostStatus, statusName } from './assembly/hostcalls/host-status';

// Modules without a filter class
export { proxy_abi_version_0_2_1, proxy_on_memory_allocate, abort } from './assembly/lifecycle/index';
