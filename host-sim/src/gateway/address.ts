/** `address:port` as Envoy writes it: IPv6 in brackets, mapped IPv4 as IPv4. */
export function socketAddress(address: string | undefined, port: number | undefined): string {
  const plain = (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
  return plain.includes(':') ? `[${plain}]:${port ?? 0}` : `${plain}:${port ?? 0}`;
}
