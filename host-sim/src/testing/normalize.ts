import { networkInterfaces } from 'node:os';

const own =
  Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address ?? '127.0.0.1';

/** What differs from run to run: times, ids, ports, the machine's address. */
export function normalize(text: string, ports: { gateway: number; upstream: number }): string {
  return (
    text
      .replace(/date: [^\r\n]*GMT/g, 'date: D')
      .replace(/date=[A-Z][a-z]{2}, [^;]*GMT/g, 'date=D')
      .replace(/x-envoy-upstream-service-time[:=] ?\d+/g, 'xeust')
      // The response's size: the time that the upstream took has one digit, or two.
      .replace(/(size 2 -> 0 ).*/g, '$1X')
      .replace(/x-request-id[:=] ?[0-9a-f-]{36}/g, 'xrid')
      .replace(/"[0-9a-f]{8}-[0-9a-f-]{27}"/g, '"uuid"')
      .replaceAll(`127.0.0.1:${ports.upstream}`, '127.0.0.1:UPPORT')
      .replaceAll(`127.0.0.1:${ports.gateway}`, '127.0.0.1:PORT')
      .replace(/127\.0\.0\.1:\d{5}/g, 'ADDR')
      .replace(
        /(prop (request~time|request~duration|response~backend_latency|source~port|connection~id|connection_id|upstream~port|destination~port)) -> 0 .*/g,
        '$1 -> 0 X',
      )
      .replace(/(x-forwarded-for[:=] ?[^\r\n;]*?)([\d.]+)(?=[\r\n;])/g, (whole, before: string, last: string) =>
        last === own ? `${before}NODE` : whole,
      )
  );
}
