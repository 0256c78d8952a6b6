import type { Config } from './variables.ts';

type Settings = Pick<
  Config<'api' | 'worker' | 'prepare'>,
  'TEMPORAL_ADDRESS' | 'TEMPORAL_TLS_CA' | 'TEMPORAL_TLS_CERT' | 'TEMPORAL_TLS_KEY' | 'TEMPORAL_TLS_SERVER_NAME'
>;

/** Where Temporal is and how its connections are protected: as client and worker connections of the SDK take it. */
export interface TemporalTarget {
  address: string;
  tls?: { serverRootCACertificate?: Buffer; serverNameOverride?: string; clientCertPair?: { crt: Buffer; key: Buffer } };
}

/** TLS as soon as its CA or our certificate is configured; plain only where neither is, which `production` refuses. */
export function temporalTarget(config: Settings): TemporalTarget {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_TLS_CA: ca, TEMPORAL_TLS_CERT: crt, TEMPORAL_TLS_KEY: key } = config;
  if (!ca && !crt) return { address };
  return {
    address,
    tls: {
      ...(ca && { serverRootCACertificate: Buffer.from(ca) }),
      ...(crt && key && { clientCertPair: { crt: Buffer.from(crt), key: Buffer.from(key) } }),
      ...(config.TEMPORAL_TLS_SERVER_NAME && { serverNameOverride: config.TEMPORAL_TLS_SERVER_NAME }),
    },
  };
}
