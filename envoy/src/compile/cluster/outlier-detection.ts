import type { OutlierDetection } from '@tollgate/model';
import { isHttp } from '../callees.js';
import { seconds } from '../duration.js';
import type { ClusterFeature } from '../feature.js';
import { merged } from '../merged.js';
import { httpOptions } from './http-options.js';

/** How many 5xx in a row, where nobody wrote it. Who counts gateway errors by their old name counts no others beside them. */
const consecutive5xxDefault = 5;
const consecutiveLocalDefault = 5;

/** When an instance is ejected for a while because of how it answers. */
export const outlierDetection: ClusterFeature = ({ policy, port }) => {
  const detection = policy?.outlierDetection;
  if (!detection) return undefined;
  const codes = isHttp(port) ? (detection.outlierDetectionHttpErrorCodes ?? []) : [];
  return merged(
    {
      outlier_detection: {
        ...counted(detection),
        ...localOrigin(detection),
        interval: seconds(detection.interval),
        base_ejection_time: seconds(detection.baseEjectionTime),
        max_ejection_percent: detection.maxEjectionPercent,
        // Istio has no ejection by comparison with the others.
        enforcing_success_rate: 0,
      },
      // Of fewer instances than this share all are called, ejected or not.
      common_lb_config: { healthy_panic_threshold: { value: detection.minHealthPercent } },
    },
    codes.length > 0 ? httpOptions({ outlier_detection: { error_matcher: anyStatus(codes) } }) : undefined,
  );
};

function counted({ consecutive5xxErrors, consecutiveGatewayErrors, consecutiveErrors }: OutlierDetection) {
  const gateway = consecutiveGatewayErrors ?? consecutiveErrors ?? 0;
  const every5xx = consecutive5xxErrors ?? (consecutiveErrors ? 0 : consecutive5xxDefault);
  return {
    consecutive_5xx: every5xx,
    enforcing_consecutive_5xx: enforcing(every5xx),
    ...(gateway > 0
      ? { consecutive_gateway_failure: gateway, enforcing_consecutive_gateway_failure: enforcing(gateway) }
      : {}),
  };
}

/** Errors before any answer, such as a connection that does not come about, apart from those in answers. */
function localOrigin({ splitExternalLocalOriginErrors, consecutiveLocalOriginFailures }: OutlierDetection) {
  if (!splitExternalLocalOriginErrors) return {};
  const failures = consecutiveLocalOriginFailures || consecutiveLocalDefault;
  return {
    split_external_local_origin_errors: true,
    consecutive_local_origin_failure: failures,
    enforcing_consecutive_local_origin_failure: enforcing(failures),
    enforcing_local_origin_success_rate: 0,
  };
}

/** A count of 0 is none: nobody is ejected by it. */
function enforcing(count: number): number {
  return count > 0 ? 100 : 0;
}

function anyStatus(codes: readonly number[]) {
  const rules = codes.map((code) => ({
    http_response_headers_match: { headers: [{ name: ':status', string_match: { exact: String(code) } }] },
  }));
  return rules.length === 1 ? rules[0] : { or_match: { rules } };
}
