import { z } from 'zod';
import { plainText } from '../scalars.js';
import { later, laterField, object, oneOf } from '../schema.js';

const mode = later(oneOf('DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'), (word) =>
  word === 'MUTUAL' || word === 'ISTIO_MUTUAL' ? `mode ${word}, which comes with mesh security,` : undefined,
);

const file = plainText.regex(/^\//, 'must be an absolute path on the machine where Envoy runs, beginning with "/"');

const ofCertificate = (name: string) => laterField(`${name}, which comes with mesh security,`);

const withTls = ['caCertificates', 'subjectAltNames', 'sni', 'insecureSkipVerify'] as const;

/** Whether connections to the instances are encrypted, and whom they must prove to be. */
export const clientTls = object({
  mode: mode.default('DISABLE'),
  clientCertificate: ofCertificate('clientCertificate'),
  privateKey: ofCertificate('privateKey'),
  credentialName: laterField('credentialName (write caCertificates, the path of a file)'),
  caCertificates: file.optional(),
  caCrl: laterField('caCrl'),
  subjectAltNames: z.array(plainText).optional(),
  sni: plainText.max(255).optional(),
  insecureSkipVerify: z.boolean().optional(),
}).superRefine((tls, context) => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  const unused = withTls.find((field) => tls[field] !== undefined);
  if (tls.mode === 'DISABLE' && unused) refuse(`has ${unused}, but no TLS is spoken: write mode: SIMPLE`);
  const verifying = (['caCertificates', 'subjectAltNames'] as const).find((field) => tls[field] !== undefined);
  if (tls.insecureSkipVerify && verifying)
    refuse(`has ${verifying} and insecureSkipVerify, with which nothing is verified: write only one of them`);
});
export type ClientTls = z.output<typeof clientTls>;
