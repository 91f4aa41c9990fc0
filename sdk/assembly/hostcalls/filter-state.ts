import { Slice } from '../bytes/slice';
import { request } from '../memory/request';
import { MessageWriter } from '../protobuf/writer';
import { Status } from '../abi/status';
import { callForeignFunction } from './foreign-function';
import { hostStatus } from './host-status';

/** How long a value lasts. */
export namespace LifeSpan {
  export const FILTER_CHAIN: u32 = 0;
  export const REQUEST: u32 = 1;
  export const CONNECTION: u32 = 2;
}

/** The type of a declared property. */
export namespace PropertyType {
  export const BYTES: u32 = 0;
  export const STRING: u32 = 1;
  export const FLATBUFFERS: u32 = 2;
  export const PROTOBUF: u32 = 3;
}

/**
 * Sets an object of Envoy's filter state, such as `envoy.tcp_proxy.cluster`, from its text, and returns the status.
 * NOT_FOUND if no extension knows the name.
 *
 *   SetEnvoyFilterStateArguments   1 path · 2 value · 3 span
 */
export function setEnvoyFilterState(name: Slice, value: Slice, span: u32 = LifeSpan.FILTER_CHAIN): u32 {
  const argument = MessageWriter.in(request).bytes(1, name).bytes(2, value).number(3, span);
  return called('set_envoy_filter_state', argument.done());
}

/**
 * Declares the type of a property that `setProperty` will set and how long it lasts, and returns the status. A plugin
 * can do so only once (BAD_ARGUMENT the second time). `schema` is for FlatBuffers and protocol buffers (the type URL of
 * the message).
 *
 *   DeclarePropertyArguments   1 name · 2 readonly · 3 type · 4 schema · 5 span
 */
export function declareProperty(
  name: Slice,
  type: u32 = PropertyType.STRING,
  span: u32 = LifeSpan.FILTER_CHAIN,
  readonly: bool = false,
  schema: Slice | null = null,
): u32 {
  const argument = MessageWriter.in(request).bytes(1, name).number(2, readonly).number(3, type);
  if (schema) argument.bytes(4, schema);
  return called('declare_property', argument.number(5, span).done());
}

function called(name: Slice, argument: Slice): u32 {
  return callForeignFunction(name, argument) ? Status.OK : hostStatus();
}
