import { Slice, sliceOf } from '../bytes/slice';
import { request } from '../memory/request';
import { callForeignFunction } from './foreign-function';

const TOKEN: usize = memory.data(4, 4);

/** The handle of an expression. Never null: 0 is the first one that Envoy gives. */
export type Expression = i64;
/** The handle of no expression: the text was wrong, or the host has no CEL. */
export const NO_EXPRESSION: Expression = -1;

/**
 * Compiles an expression of the Common Expression Language over attributes such as `request.path`; `NO_EXPRESSION` if
 * it is malformed (BAD_ARGUMENT). Do it in `configure`, not for each request. https://cel.dev
 */
export function createExpression(text: Slice): Expression {
  const token = callForeignFunction('expr_create', text);
  return token && token.length >= 4 ? load<u32>(token.at) : NO_EXPRESSION;
}

/** The value of an expression for this stream, in the forms of `property`; null if it has none. */
export function evaluateExpression(expression: Expression): Slice | null {
  return callForeignFunction('expr_evaluate', handle(expression));
}

/** Whether an expression is true for this stream. False if it cannot be evaluated, so write expressions that allow. */
export function holds(expression: Expression): bool {
  if (expression == NO_EXPRESSION) return false;
  const value = evaluateExpression(expression);
  return value != null && value.length == 1 && load<u8>(value.at) == 1;
}

/** Frees an expression; false if there is none. */
export function deleteExpression(expression: Expression): bool {
  return callForeignFunction('expr_delete', handle(expression)) != null;
}

function handle(expression: Expression): Slice {
  store<u32>(TOKEN, <u32>expression);
  return sliceOf(request, TOKEN, 4);
}
