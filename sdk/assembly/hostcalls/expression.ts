import { Slice, sliceOf } from '../bytes/slice';
import { request } from '../memory/request';
import { callForeignFunction } from './foreign-function';

const TOKEN: usize = memory.data(4, 4);

/** An expression's handle, as a value that is never null: 0 is the first handle that Envoy gives. */
export type Expression = i64;
/** No expression: the text was wrong, or the host has no CEL. */
export const NO_EXPRESSION: Expression = -1;

/**
 * Compiles an expression of the Common Expression Language over the attributes ('request.path', 'source.address' …), or
 * `NO_EXPRESSION` when it is none (BAD_ARGUMENT). In `proxy_on_configure`, not for each request. https://cel.dev
 */
export function createExpression(text: Slice): Expression {
  const token = callForeignFunction('expr_create', text);
  return token && token.length >= 4 ? load<u32>(token.at) : NO_EXPRESSION;
}

/** Its value for the stream, in the forms of `property` (a boolean is one byte); null when it has none. */
export function evaluateExpression(expression: Expression): Slice | null {
  return callForeignFunction('expr_evaluate', handle(expression));
}

/** Whether it is true for the stream. False as well where it cannot be evaluated, so write rules that allow. */
export function holds(expression: Expression): bool {
  if (expression == NO_EXPRESSION) return false;
  const value = evaluateExpression(expression);
  return value != null && value.length == 1 && load<u8>(value.at) == 1;
}

/** Gives an expression's memory back; false when there was none. */
export function deleteExpression(expression: Expression): bool {
  return callForeignFunction('expr_delete', handle(expression)) != null;
}

function handle(expression: Expression): Slice {
  store<u32>(TOKEN, <u32>expression);
  return sliceOf(request, TOKEN, 4);
}
