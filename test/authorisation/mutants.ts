import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

/** The code with one guard taken out. */
export interface Mutant {
  name: string;
  file: string;
  source: string;
}

/** What stands instead of a call that guards: its first argument, or a word that lets everybody pass. */
const withoutGuard: Record<string, (call: ts.CallExpression) => string> = {
  visibleTo: firstOf,
  narrowed: firstOf,
  sees: () => 'true',
  isVisible: () => 'Promise.resolve(true)',
  permits: () => 'true',
  holds: () => 'true',
  assertVisible: () => 'undefined',
  assertUnit: () => 'undefined',
  assertOperator: () => 'undefined',
  assertManages: () => 'undefined',
  assertParent: () => 'undefined',
  standsAbove: () => 'true',
  lacksSecondFactor: () => 'false',
  reachOf: () => '{ everything: true, below: [], units: [] }',
};

/** Guards that are no calls: conditions of rows, of sessions and keys, and of who may do what with what. */
const conditions: { name: string; file: string; guard: string; without: string }[] = [
  { name: "a holder's devices", file: 'db/reads/portal.ts', guard: `where('devices.holder_id', actor.id)`, without: 'whereRaw("true")' },
  { name: 'end of a session', file: 'db/reads/actor.ts', guard: `sessions.expires_at > now() and`, without: '' },
  { name: 'operator is active', file: 'db/reads/actor.ts', guard: 'not operators.active', without: 'false' },
  { name: 'begin of an operator', file: 'db/reads/actor.ts', guard: 'operators.valid_from > now()', without: 'false' },
  { name: 'end of an operator', file: 'db/reads/actor.ts', guard: 'operators.valid_until <= now()', without: 'false' },
  { name: 'begin of an assignment', file: 'db/reads/actor.ts', guard: 'a.valid_from > now()', without: 'false' },
  { name: 'end of an assignment', file: 'db/reads/actor.ts', guard: 'a.valid_until <= now()', without: 'false' },
  {
    name: 'closed unit',
    file: 'db/reads/actor.ts',
    guard: "not (${unitInForce('u')})",
    without: 'false',
  },
  { name: 'nobody changes themselves', file: 'db/stores/administered.ts', guard: 'assertNotSelf(by, operatorId);', without: '' },
  {
    name: 'nobody changes who holds more',
    file: 'db/stores/administered.ts',
    guard: 'assertMayAdminister(by, await liveDuties(trx, operatorId));',
    without: '',
  },
  { name: 'somebody administers', file: 'db/stores/administered.ts', guard: 'before && !(await someAdministrator(trx))', without: 'false' },
  {
    name: 'nobody gives more than they hold',
    file: 'db/stores/assignments.ts',
    guard: 'assertMayGrant(by, { ...(await placeOf(trx, { role, unitId })), visibility, validUntil });',
    without: '',
  },
  {
    name: 'nobody widens more than they hold',
    file: 'db/stores/assignments.ts',
    guard: 'assertMayGrant(by, { ...(await placeOf(trx, present)), ...terms });',
    without: '',
  },
  {
    name: 'decisions of who may decide still',
    file: 'db/stores/request-approval.ts',
    guard: 'await assertStillDecides(trx, operator, id);',
    without: '',
  },
  {
    name: 'what is of everybody',
    file: 'domain/actor.ts',
    guard: `(a.visibility === 'all' || !isOfEverybody(permission))`,
    without: 'true',
  },
  { name: 'secret of a key', file: 'api/auth/api-key.ts', guard: 'timingSafeEqual(known.hash, hashOf(token))', without: 'true' },
  { name: 'end of a key', file: 'db/reads/api-keys.ts', guard: 'k.expires_at <= now()', without: 'false' },
  { name: 'revoked key', file: 'db/reads/api-keys.ts', guard: 'k.revoked_at is not null', without: 'false' },
  { name: 'networks of a key', file: 'api/auth/api-key.ts', guard: '!isWithin(address, networks)', without: 'false' },
  { name: 'permissions of a key', file: 'domain/api-key.ts', guard: 'scope.permissions.includes(p)', without: 'true' },
  { name: 'what no key may', file: 'domain/api-key.ts', guard: 'mayBeOnKey(p) &&', without: '' },
  { name: 'streams ask again', file: 'api/dispatch.ts', guard: '(await guard.admit(ctx, target))?.actor', without: 'identity?.actor' },
  {
    name: 'nobody decides on their own',
    file: 'domain/approval.ts',
    guard: `throw failure('own_request'`,
    without: `void failure('own_request'`,
  },
];

/** Every guard of the API and of what it reads, taken out one at a time. */
export function mutants(root: string): Mutant[] {
  const files = ['api', 'db/reads'].flatMap((folder) => sourcesIn(root, folder));
  return [...files.flatMap((file) => mutantsOf(root, file)), ...conditions.map((condition) => conditionOff(root, condition))];
}

const sourcesIn = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(folder, name));

function mutantsOf(root: string, file: string): Mutant[] {
  const source = readFileSync(join(root, file), 'utf8');
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  const replaced = (node: ts.Node, name: string, text: string) =>
    found.push({
      name: `${name} in ${file}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`,
      file,
      source: source.slice(0, node.getStart()) + text + source.slice(node.end),
    });
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const name = node.expression.getText();
      const without = withoutGuard[name];
      if (without) replaced(node, name, without(node));
    }
    if (file.startsWith('api/routes/') && ts.isPropertyAssignment(node)) {
      const [name, value] = [node.name.getText(), node.initializer.getText()];
      if (name === 'stepUp') replaced(node.initializer, 'stepUp', 'false');
      if (name === 'permission' && value !== `'public'`) replaced(node.initializer, value, weaker(value));
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function firstOf(call: ts.CallExpression): string {
  return call.arguments[0]?.getText() ?? '';
}

/** What every operator has; where that is enough, what even holders and anybody have. */
const weaker = (permission: string): string => (/home.read|signed_in|^'own/.test(permission) ? `'public'` : `'home.read'`);

function conditionOff(root: string, { name, file, guard, without }: (typeof conditions)[number]): Mutant {
  const source = readFileSync(join(root, file), 'utf8');
  if (!source.includes(guard)) throw new Error(`${file} has no ${guard}: say in test/authorisation/mutants.ts what guards now`);
  return { name, file, source: source.replace(guard, () => without) };
}
