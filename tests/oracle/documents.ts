import { stringify } from 'yaml';
import { caller, fullName, type Mesh, services, versions } from './mesh.js';

/** Where an application of a version of a service listens: each has an address of its own on loopback. */
export interface ApplicationAddress {
  mesh: number;
  service: string;
  version: string;
}

const pattern = /^127\.(\d+)\.(\d+)\.(\d+)$/;

export function addressOf({ mesh, service, version }: ApplicationAddress): string {
  const index = services.findIndex(({ name }) => name === service);
  const second = 10 + Math.floor(mesh / 250);
  return `127.${second}.${mesh % 250}.${10 * (index + 1) + (versions as readonly string[]).indexOf(version)}`;
}

export function applicationAt(address: string): ApplicationAddress | undefined {
  const [, second = 0, third = 0, fourth = 0] = (pattern.exec(address) ?? []).map(Number);
  const service = services[Math.floor(fourth / 10) - 1];
  const version = versions[fourth % 10];
  return service && version && { mesh: (second - 10) * 250 + third, service: service.name, version };
}

/** All meshes as the documents of one policy file, and the proxy of the one who calls. */
export function documentsOf(meshes: readonly Mesh[], ports: { outbound: number; application: number }): string {
  const ours = 'tollgate.dev/v1';
  const listen = { address: '127.0.0.1', port: ports.outbound };
  const metadata = { name: caller.name, namespace: caller.namespace, labels: caller.labels };
  const documents = [
    { apiVersion: ours, kind: 'Service', metadata },
    {
      apiVersion: ours,
      kind: 'Node',
      metadata: { name: 'orders-1' },
      spec: { services: [caller.name], outbound: { listen }, workers: 1 },
    },
    ...meshes.flatMap((mesh, index) => documentsOfMesh(mesh, index, ports.application)),
  ];
  return documents.map((document) => stringify(document, { aliasDuplicateObjects: false })).join('---\n');
}

function documentsOfMesh(mesh: Mesh, index: number, port: number): object[] {
  const { namespace, virtualServices } = mesh;
  const istio = 'networking.istio.io/v1';
  return [
    ...services.map(({ name, ports }) => ({
      apiVersion: 'tollgate.dev/v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: {
        ports: ports.map((number) => ({ name: `http-${number}`, port: number, protocol: 'HTTP' })),
        instances: versions.map((version) => ({
          address: addressOf({ mesh: index, service: name, version }),
          port,
          labels: { version },
        })),
      },
    })),
    ...services.map(({ name }) => ({
      apiVersion: istio,
      kind: 'DestinationRule',
      metadata: { name, namespace },
      spec: {
        host: fullName(name, mesh),
        subsets: versions.map((version) => ({ name: version, labels: { version } })),
      },
    })),
    ...virtualServices.map(({ name, hosts, http }) => ({
      apiVersion: istio,
      kind: 'VirtualService',
      metadata: { name, namespace },
      spec: { ...(hosts.length > 0 ? { hosts } : {}), http },
    })),
  ];
}
