import { Slice } from '../bytes/slice';
import { request } from '../memory/request';
import { MessageWriter } from '../protobuf/writer';

/**
 * Where a gRPC call goes: a cluster of the host's configuration and the `:authority` to send (empty for the cluster's
 * name). The plain name of a cluster works as well.
 *
 *   GrpcService   1 envoy_grpc { 1 cluster_name · 2 authority }
 */
export function envoyGrpc(cluster: Slice, authority: Slice): Slice {
  const target = MessageWriter.in(request).bytes(1, cluster).bytes(2, authority).done();
  return MessageWriter.in(request).message(1, target).done();
}
