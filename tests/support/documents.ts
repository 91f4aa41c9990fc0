/** Policy documents for tests, the spec as one line of YAML. */
export function document(kind: string, name: string, spec: string): string {
  return `apiVersion: tollgate.dev/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
}

export function file(...documents: string[]): string {
  return documents.join('---\n');
}

export const loopback = (port: number) => `{ address: 127.0.0.1, port: ${port} }`;

/** A provider's proxy of the service vendors. */
export function vendorsNode(ports: { listen: number; to: number; admin?: number }, more = ''): string {
  const admin = ports.admin === undefined ? '' : `, admin: ${loopback(ports.admin)}`;
  return document(
    'Node',
    'vendors-1',
    `{ services: [vendors], inbound: [{ service: vendors, listen: ${loopback(ports.listen)}, to: ${loopback(ports.to)} }]${admin}${more} }`,
  );
}
