// All that a filter imports: `import { Action, HttpFilter } from 'proxy-wasm'`. What is not used costs nothing. The reference
// (docs/sdk/reference.md) has the same chapters; what is not exported here is the inside.

// The class of a filter, its plugin and its streams
export { HttpFilter, TcpFilter } from './assembly/lifecycle/filter';
export { Action, PeerType, Status } from './assembly/abi/status';
export { Stream } from './assembly/lifecycle/stream';
export { Root, findRoot } from './assembly/lifecycle/root';

// Headers and trailers
export {
  HeaderMap,
  requestHeaders,
  requestTrailers,
  responseHeaders,
  responseTrailers,
} from './assembly/http/header-map';
export { HeaderPairs, Headers, isHeaderName } from './assembly/http/headers';

// Answers of the filter's own, and streams that wait
export { NO_GRPC_STATUS, sendLocalResponse, sendText } from './assembly/http/local-response';
export {
  closeDownstream,
  closeRequest,
  closeResponse,
  closeUpstream,
  continueDownstream,
  continueRequest,
  continueResponse,
  continueUpstream,
} from './assembly/hostcalls/stream';
export { clearRouteCache } from './assembly/hostcalls/route-cache';

// Bodies and TCP data
export { Body, downstreamData, requestBody, responseBody, upstreamData } from './assembly/bodies/body';

// The configuration, and other JSON
export { Decoder } from './assembly/json/decoder';
export { Kind, Value, firstOf, nextOf } from './assembly/json/value';
export { JsonParser } from './assembly/json/parser';

// Bytes and texts
export { Slice, isBlank, isDigit, isLetter, lower, same, sliceOf, textSlice } from './assembly/bytes/slice';
export { Writer } from './assembly/bytes/writer';
export { List } from './assembly/bytes/list';
export { SliceSet } from './assembly/bytes/slice-set';
export { fromHex, hexDigit, toHex } from './assembly/bytes/hex';
export { fromBase64Url } from './assembly/bytes/base64url';
export { utf8Length, writeUtf8 } from './assembly/bytes/utf8';
export { sameInConstantTime } from './assembly/bytes/constant-time';
export { clearBytes, copyBytes } from './assembly/bytes/copy';

// Memory
export { enter, overdrawn, request } from './assembly/memory/request';
export { Arena, discard, heapArena, make } from './assembly/memory/arena';
export { allocate, free } from './assembly/memory/heap';

// Calls to other services over HTTP
export { HttpCall } from './assembly/callouts/http-call';
export { httpCallBody, httpCallHeaders, httpCallStatus, httpCallTrailers } from './assembly/callouts/answer';

// Calls to other services over gRPC
export { GrpcCall, grpcCancel, grpcClose, grpcSend } from './assembly/grpc/call';
export { envoyGrpc } from './assembly/grpc/service';
export { grpcInitialMetadata, grpcMessage, grpcTrailingMetadata } from './assembly/grpc/answer';
export { CallStatus, callStatus } from './assembly/hostcalls/call-status';
export { MessageReader } from './assembly/protobuf/reader';
export { MessageWriter } from './assembly/protobuf/writer';

// Logs and metrics
export { Level, log, logLevel, logs } from './assembly/hostcalls/log';
export { counter, gauge, histogram, increment, metricValue, record } from './assembly/hostcalls/metric';

// Attributes of the request and the host
export { flagProperty, numberProperty, property, setProperty } from './assembly/hostcalls/property';
export {
  Expression,
  NO_EXPRESSION,
  createExpression,
  deleteExpression,
  evaluateExpression,
  holds,
} from './assembly/hostcalls/expression';
export { LifeSpan, PropertyType, declareProperty, setEnvoyFilterState } from './assembly/hostcalls/filter-state';
export { environment, programArgument } from './assembly/hostcalls/environment';

// Time and timers
export { currentTimeNs, monotonicNs, wallMs } from './assembly/hostcalls/clock';
export { DAY_MS, NO_DATE, SECOND_MS, parseDay, parseSecond, writeDay, writeSecond } from './assembly/time/date';
export { runTimers, startPeriodicTimer, startTimer, stopTimer, stopTimersOf } from './assembly/timers/timers';
export { setTickPeriod } from './assembly/hostcalls/tick';

// What the workers of a process share
export { Shared, forgetWritten, share, shared, writtenAtLeast } from './assembly/hostcalls/shared-data';
export { dequeue, enqueue, registerQueue, resolveQueue } from './assembly/queues/queue';

// Paths, addresses and networks
export { canonicalPath, canonicalPrefix, canonicalSuffix, percentDecoded } from './assembly/http/canonical-path';
export { Address, parseAddress, parseEndpoint } from './assembly/net/address';
export { Network, parseNetwork } from './assembly/net/network';
export { NetworkList, NetworkSet } from './assembly/net/network-set';

// Digests, signatures and random bytes
export { MD5_BYTES, md5 } from './assembly/hash/md5';
export { SHA1_BYTES, sha1 } from './assembly/hash/sha1';
export { SHA256_BYTES, sha256 } from './assembly/hash/sha256';
export { SHA384_BYTES, SHA512_BYTES, sha512 } from './assembly/hash/sha512';
export { HmacKey } from './assembly/hash/hmac';
export { HmacSha1Key } from './assembly/hash/hmac-sha1';
export { HmacSha512Key } from './assembly/hash/hmac-sha512';
export { sign } from './assembly/crypto/sign';
export { Signature, checkSignature, verifySignature } from './assembly/crypto/verify-signature';
export { ecPublicKey, ecdsaSignature, rsaPublicKey } from './assembly/crypto/der';
export { RSA_BYTES_MAX, RsaKey } from './assembly/crypto/rsa';
export { verifyPss } from './assembly/crypto/pss';
export { ED25519_KEY_BYTES, ED25519_SIGNATURE_BYTES, Ed25519Key } from './assembly/crypto/ed25519';
export { fillRandom, randomBelow, randomBytes } from './assembly/hostcalls/random';

// Numbers and tables
export { mulDiv, mulDivUp } from './assembly/bytes/mul-div';
export { slotOf, tableHash } from './assembly/hash/table-hash';

// Other host calls
export { pluginConfiguration, vmConfiguration } from './assembly/hostcalls/configuration';
export { callForeignFunction, foreignFunctionArgument } from './assembly/hostcalls/foreign-function';
export { compress, uncompress } from './assembly/hostcalls/compression';
export { finishPlugin, setEffectiveContext } from './assembly/hostcalls/context';
export { hostStatus, statusName } from './assembly/hostcalls/host-status';

// Modules without a filter class, which write their exports by hand
export { abort, proxy_abi_version_0_2_1, proxy_on_memory_allocate } from './assembly/lifecycle/index';
