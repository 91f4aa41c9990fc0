import { BufferType, HeaderMapType } from '../abi/status';
import { Body } from '../bodies/body';
import { HeaderMap } from '../http/header-map';

/** What the server sent first, while `onGrpcInitialMetadata` runs. */
export const grpcInitialMetadata: HeaderMap = changetype<HeaderMap>(
  memory.data<u32>([HeaderMapType.GRPC_INITIAL_METADATA]),
);
/** What the server sent last, while `onGrpcTrailingMetadata` runs. */
export const grpcTrailingMetadata: HeaderMap = changetype<HeaderMap>(
  memory.data<u32>([HeaderMapType.GRPC_TRAILING_METADATA]),
);
/** The message, while `onGrpcMessage` runs; it can only be read. */
export const grpcMessage: Body = changetype<Body>(memory.data<u32>([BufferType.GRPC_MESSAGE]));
