export const identitySourceKinds = ['ldap', 'oidc'] as const;
/** A directory, or a provider of single sign-on by OpenID Connect. */
export type IdentitySourceKind = (typeof identitySourceKinds)[number];
