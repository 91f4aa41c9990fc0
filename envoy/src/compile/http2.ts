import type { NodeSpec } from '@tollgate/model';
import type { Http2Options } from '../types.js';

/** How much a peer may send before it is told that it was read; the same towards clients and upstreams. */
export function windows({ streamWindow, connectionWindow }: NodeSpec['http2']): Http2Options {
  return { initial_stream_window_size: streamWindow, initial_connection_window_size: connectionWindow };
}

/** What a client may do on one connection. Nothing is left to the defaults of a version of Envoy. */
export function clientHttp2(http2: NodeSpec['http2']): Http2Options {
  return {
    max_concurrent_streams: http2.concurrentStreams,
    ...windows(http2),
    // A client that reads nothing has Envoy keep what it would be told: beyond this its connection ends.
    max_outbound_frames: http2.outboundFrames,
    max_outbound_control_frames: http2.outboundControlFrames,
    // Frames that carry nothing and cost the client nothing: Envoy's own bounds.
    max_consecutive_inbound_frames_with_empty_payload: 1,
    max_inbound_priority_frames_per_stream: 100,
    max_inbound_window_update_frames_per_data_frame_sent: 10,
  };
}
