import type { ActivityParts } from '../../activities/index.ts';

/** What a process that makes cards does to the world, call by call; reading kills nobody. */
const effects = new Set([
  'steps.start',
  'steps.finish',
  'productions.complete',
  'certificates.plan',
  'certificates.submitted',
  'certificates.issued',
  'secrets.ensurePin',
  'secrets.ensurePuk',
  'secrets.assign',
  'documents.put',
  'ca.submit',
  'card.initialise',
  'card.generateKey',
  'card.certificateRequest',
  'card.writeCertificate',
  'card.writeFile',
  'card.sign',
]);

export interface Dying {
  parts: ActivityParts;
  /** Effects so far, in order, numbered within their kind: `certificates.plan#2`. */
  calls: string[];
}

/**
 * The same parts, in a process that dies right after the effect `at` has happened: neither its caller nor anybody else in the process hears of
 * it, nor does anything more. Without `at` it lives, and tells what there is to die after.
 */
export function dying(parts: ActivityParts, at?: string): Dying {
  const calls: string[] = [];
  let dead = false;
  const wrap = <T extends object>(name: string, target: T): T =>
    new Proxy(target, {
      get(object, property) {
        const member: unknown = Reflect.get(object, property);
        // `seal` is synchronous: it has no effect to die after
        if (typeof member !== 'function' || property === 'seal') return member;
        return async (...args: unknown[]) => {
          if (dead) throw new Error('the process is dead');
          const result: unknown = await (member as (...args: unknown[]) => unknown).apply(object, args);
          const call = `${name}.${String(property)}`;
          if (effects.has(call)) calls.push(`${call}#${calls.filter((c) => c.startsWith(`${call}#`)).length + 1}`);
          if (at !== undefined && calls.at(-1) === at) dead = true;
          if (dead) throw new Error('the process is dead');
          return result;
        };
      },
    });
  const { steps, productions, requests, progress } = parts.records;
  return {
    calls,
    parts: {
      ...parts,
      certificates: wrap('certificates', parts.certificates),
      documents: wrap('documents', parts.documents),
      secrets: wrap('secrets', parts.secrets),
      cas: new Map([...parts.cas].map(([code, ca]) => [code, wrap('ca', ca)])),
      records: {
        steps: wrap('steps', steps),
        productions: wrap('productions', productions),
        requests,
        progress: wrap('progress', progress),
      },
      hand: { ...parts.hand, withCard: (where, work) => parts.hand.withCard(where, (card) => work(wrap('card', card))) },
    },
  };
}
