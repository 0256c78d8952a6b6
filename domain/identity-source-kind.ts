export const identitySourceKinds = ['ldap', 'oidc', 'saml'] as const;
/** A directory, or a provider of single sign-on by OpenID Connect or SAML 2.0. */
export type IdentitySourceKind = (typeof identitySourceKinds)[number];
