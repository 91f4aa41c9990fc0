import { createHash } from 'node:crypto';
import { keyOf, type Resource, type ResourceId, type SecretReference, type TokenPolicySpec } from '@tollgate/model';

/** An environment variable that an Envoy needs, and where its value comes from. */
export interface SecretVariable {
  name: string;
  /** Absent: the variable is the user's own and is expected in the environment. `path` is relative to the policy's place. */
  file?: { path: string; policy: ResourceId };
  /** What the value is; a secret unless it is said. */
  holds?: 'jwks' | 'setting';
}

/** Collects the secrets of a listener while its policies are compiled. */
export class Secrets {
  private readonly variables = new Map<string, SecretVariable>();

  /** All of several listeners: policies that govern more than one name theirs in each. */
  static together(several: readonly Secrets[]): SecretVariable[] {
    const all = new Secrets();
    for (const { variables } of several) for (const [name, variable] of variables) all.variables.set(name, variable);
    return all.all();
  }

  /** The variables that hold a system's secrets, in order: the first signs, any verifies. */
  variablesOf(policy: Resource<'TokenPolicy'>, system: TokenPolicySpec['systems'][number]): string[] {
    return system.secrets.map((reference, index) => {
      const variable = variableOf(policy, `${system.id}_${index + 1}`, reference);
      this.variables.set(variable.name, variable);
      return variable.name;
    });
  }

  /** The variable that holds a provider's key set: symmetric keys are secrets, and which keys it has nobody here reads. */
  keySetOf(policy: Resource<'JwtPolicy'>, provider: string, reference: SecretReference): string {
    const variable = variableOf(policy, `${provider}_jwks`, reference);
    this.variables.set(variable.name, { ...variable, holds: 'jwks' });
    return variable.name;
  }

  /** A variable of the host's, and no secret, that a plugin of the user's asks for. */
  host(name: string): void {
    this.variables.set(name, { name, holds: 'setting' });
  }

  all(): SecretVariable[] {
    return [...this.variables.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/** A secret in a file is exported under a name made from its place in the policies, so that it is the same on every machine. */
function variableOf(policy: Resource, place: string, reference: SecretReference): SecretVariable {
  if (reference.env !== undefined) return { name: reference.env };
  const full = `${policy.kind === 'TokenPolicy' ? '' : `${policy.kind} `}${keyOf(policy)}/${place}`;
  const readable = `${policy.name}_${place}`.toUpperCase().replace(/[^A-Z0-9]/g, '_');
  // Two names can become the same capitals: the digest keeps them apart.
  const digest = createHash('sha256').update(full).digest('hex').slice(0, 6).toUpperCase();
  return {
    name: `TOLLGATE_SECRET_${readable}_${digest}`,
    file: { path: reference.file, policy },
  };
}
