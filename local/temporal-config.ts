import type { Postgres } from './postgres.ts';

export interface TemporalConfigInput {
  postgres: Postgres;
  role: { name: string; password: string };
  /** Free ports: gRPC and membership of the four services, the first being the one that clients use. */
  ports: number[];
}

/** How many free ports one server needs. */
export const PORTS_NEEDED = 8;

/**
 * The configuration of one server process that plays all four roles, on the loopback interface only. Pools are small: each of the four
 * services opens its own, and together they must fit PostgreSQL's limit. The number of shards can never be changed afterwards.
 */
export function temporalConfig({ postgres, role, ports }: TemporalConfigInput) {
  const services = ['frontend', 'matching', 'history', 'worker'].map((name, i) => [
    name,
    { rpc: { grpcPort: ports[2 * i], membershipPort: ports[2 * i + 1], bindOnLocalHost: true } },
  ]);
  const frontend = { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: `127.0.0.1:${ports[0]}` };
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      ...{ numHistoryShards: 4, defaultStore: 'default', visibilityStore: 'visibility' },
      datastores: {
        default: { sql: { ...connection(postgres, role), databaseName: 'temporal', maxConns: 10, maxIdleConns: 10 } },
        visibility: { sql: { ...connection(postgres, role), databaseName: 'temporal_visibility', maxConns: 5, maxIdleConns: 5 } },
      },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: Object.fromEntries(services) as Record<string, unknown>,
    clusterMetadata: {
      ...{ enableGlobalNamespace: false, failoverVersionIncrement: 10, masterClusterName: 'active', currentClusterName: 'active' },
      clusterInformation: { active: frontend },
    },
    dcRedirectionPolicy: { policy: 'noop' },
  };
}

function connection(postgres: Postgres, role: TemporalConfigInput['role']) {
  return {
    pluginName: 'postgres12_pgx',
    connectAddr: `${postgres.host}:${postgres.port}`,
    connectProtocol: 'tcp',
    user: role.name,
    password: role.password,
    maxConnLifetime: '1h',
  };
}
