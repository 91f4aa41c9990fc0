import type { HttpRoute } from '@tollgate/model';

/** Whether calls are sent on, and not answered by the proxy itself. */
export function isSentOn({ redirect, directResponse }: HttpRoute): boolean {
  return redirect === undefined && directResponse === undefined;
}
