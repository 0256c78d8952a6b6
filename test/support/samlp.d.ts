/** The part of samlp, which has no types, that tests use. */
declare module 'samlp' {
  interface Request {
    id?: string;
    issuer?: string;
    assertionConsumerServiceURL?: string;
  }
  type Claims = Record<string, string | string[]>;
  const samlp: {
    parseRequest: (
      request: { method: string; query: Record<string, string> },
      done: (error: Error | null, request?: Request) => void,
    ) => void;
    getSamlResponse: (
      options: Record<string, unknown> & {
        profileMapper: (user: unknown) => { getClaims(): Claims; getNameIdentifier(): { nameIdentifier: string } };
      },
      user: unknown,
      done: (error: Error | null, response?: string) => void,
    ) => void;
  };
  export default samlp;
}
