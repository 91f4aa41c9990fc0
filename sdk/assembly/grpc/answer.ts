import { BufferType, HeaderMapType } from '../abi/status';
import { Body } from '../bodies/body';
import { HeaderMap } from '../http/header-map';

/** What the server sent first, while `onGrpcInitialMetadata` runs. */
export const grpcInitialMetadata: HeaderMap = changetype<HeaderMap>(HeaderMapType.GRPC_INITIAL_METADATA + 1);
/** What the server sent last, while `onGrpcTrailingMetadata` runs. */
export const grpcTrailingMetadata: HeaderMap = changetype<HeaderMap>(HeaderMapType.GRPC_TRAILING_METADATA + 1);
/** The message, while `onGrpcMessage` runs; it can only be read. */
export const grpcMessage: Body = changetype<Body>(BufferType.GRPC_MESSAGE + 1);
