/** docs/traffic.md with its tables as the schemas have them. */
export function trafficPage(): string;
