import { BufferType, HeaderMapType } from '../abi/status';
import { Body } from '../bodies/body';
import { HeaderMap } from '../http/header-map';

/** The metadata that the server sent first, during `onGrpcInitialMetadata`. */
export const grpcInitialMetadata: HeaderMap = changetype<HeaderMap>(HeaderMapType.GRPC_INITIAL_METADATA + 1);
/** The metadata that the server sent last, during `onGrpcTrailingMetadata`. */
export const grpcTrailingMetadata: HeaderMap = changetype<HeaderMap>(HeaderMapType.GRPC_TRAILING_METADATA + 1);
/** The message, during `onGrpcMessage`; read-only. */
export const grpcMessage: Body = changetype<Body>(BufferType.GRPC_MESSAGE + 1);
