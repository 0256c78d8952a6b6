import { z } from 'zod';

import { ApprovalPolicy } from './approval.ts';

export const provisioningModels = ['desk', 'bureau', 'self', 'virtual'] as const;
export type ProvisioningModel = (typeof provisioningModels)[number];

/** Shape of a certificate. Subject and SAN are templates over holder fields: `{givenName}`, `{familyName}`, `{taxCode}`, `{email}`. */
export const CertificateProfile = z.object({
  code: z.string(),
  name: z.string(),
  subject: z.array(z.tuple([z.string(), z.string()])).min(1),
  subjectAltNames: z.object({ email: z.string().optional(), upn: z.string().optional() }),
  keySpec: z.enum(['RSA-2048', 'RSA-3072', 'P-256', 'P-384']),
  keyUsage: z.array(z.enum(['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'keyAgreement'])),
  extendedKeyUsage: z.array(z.enum(['clientAuth', 'emailProtection', 'smartcardLogon', 'documentSigning'])),
  policies: z.array(z.string()),
  validityDays: z.int().positive(),
  ca: z.string(),
});
export type CertificateProfile = z.infer<typeof CertificateProfile>;

/** What a kind of device is made of. `slots` and `files` in the order they are written; a file's content is a template over holder fields. */
export const DeviceProfile = z.object({
  model: z.enum(provisioningModels),
  slots: z.array(z.object({ name: z.string(), certificateProfile: z.string() })).min(1),
  files: z.array(z.object({ name: z.string(), template: z.string() })),
  pin: z.object({ length: z.int().min(6).max(8) }),
  approval: ApprovalPolicy,
  activationDays: z.int().positive(),
});
export type DeviceProfile = z.infer<typeof DeviceProfile>;

/** Fills `{field}` from `fields`; an unknown field is a defect of the profile and throws. */
export const fillTemplate = (template: string, fields: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = fields[name];
    if (value === undefined) throw new Error(`template field {${name}} is not known`);
    return value;
  });
