/** The permission catalogue. An operation names exactly one; a role is a set of them. */
export const permissions = [
  'home.read',
  'unit.read',
  'unit.manage',
  'operator.read',
  'operator.manage',
  'role.read',
  'role.manage',
  'session.manage',
  'signin.manage',
  'api_key.manage',
  'field.read',
  'field.manage',
  'holder.read',
  'holder.create',
  'holder.update',
  'request.read',
  'request.create',
  'request.submit',
  'request.decide',
  'request.amend',
  'request.cancel',
  'device.read',
  'device.produce',
  'device.deliver',
  'device.suspend',
  'device.reactivate',
  'device.revoke',
  'certificate.read',
  'code.print',
  'profile.read',
  'profile.manage',
  'stock.read',
  'stock.manage',
  'audit.read',
  'audit.verify',
  'monitor.read',
  'log.manage',
  'key.rotate',
  'system.reconcile',
  'own.read',
  'own.activate',
  'own.suspend',
] as const;
export type Permission = (typeof permissions)[number];

/** What a role of operators may hold; the others belong to holders. */
export const operatorPermissions = permissions.filter((permission): permission is OperatorPermission => !permission.startsWith('own.'));
export type OperatorPermission = Exclude<Permission, `own.${string}`>;

export const roleCodes = ['RO', 'DO', 'BO', 'SA', 'HD', 'AO', 'TH'] as const;
export type RoleCode = (typeof roleCodes)[number];

const officer: Permission[] = [
  'home.read',
  'unit.read',
  'field.read',
  'holder.read',
  'holder.create',
  'holder.update',
  'request.read',
  'request.create',
  'request.submit',
  'request.amend',
  'request.cancel',
  'device.read',
  'device.deliver',
  'certificate.read',
  'profile.read',
];

/** The seven roles as shipped (M8–M14). In the database they are rows, so custom roles are data. */
export const shippedRoles = {
  RO: officer,
  DO: [
    ...officer,
    'request.decide',
    'device.produce',
    'device.suspend',
    'device.reactivate',
    'device.revoke',
    'code.print',
    'stock.read',
    'stock.manage',
    'operator.read',
    'role.read',
    'api_key.manage',
  ],
  BO: [
    'home.read',
    'unit.read',
    'field.read',
    'holder.read',
    'request.read',
    'device.read',
    'device.produce',
    'certificate.read',
    'profile.read',
    'stock.read',
    'stock.manage',
  ],
  SA: [
    'home.read',
    'unit.read',
    'unit.manage',
    'field.read',
    'field.manage',
    'operator.read',
    'operator.manage',
    'role.read',
    'role.manage',
    'session.manage',
    'signin.manage',
    'api_key.manage',
    'profile.read',
    'profile.manage',
    'monitor.read',
    'log.manage',
    'key.rotate',
    'system.reconcile',
  ],
  HD: [
    'home.read',
    'unit.read',
    'field.read',
    'holder.read',
    'request.read',
    'device.read',
    'device.suspend',
    'device.reactivate',
    'device.revoke',
    'certificate.read',
    'profile.read',
  ],
  AO: ['home.read', 'unit.read', 'audit.read', 'audit.verify'],
  TH: ['own.read', 'own.activate', 'own.suspend'],
} as const satisfies Record<RoleCode, Permission[]>;

export const roleNames: Record<RoleCode, { en: string; it: string }> = {
  RO: { en: 'Registration officer', it: 'Operatore di registrazione' },
  DO: { en: 'Delegated officer', it: 'Operatore delegato' },
  BO: { en: 'Bureau officer', it: 'Operatore del centro di personalizzazione' },
  SA: { en: 'System administrator', it: 'Amministratore di sistema' },
  HD: { en: 'Help desk', it: 'Assistenza' },
  AO: { en: 'Audit officer', it: 'Auditor' },
  TH: { en: 'Token holder', it: 'Titolare' },
};

const ofEverybody: readonly Permission[] = [
  'signin.manage',
  'field.manage',
  'profile.manage',
  'monitor.read',
  'log.manage',
  'key.rotate',
  'system.reconcile',
];

/** What is done to the whole installation: only an assignment that shows everything (`all`) gives it, so that nobody does it as administrator of one unit. */
export const isOfEverybody = (permission: Permission): boolean => ofEverybody.includes(permission);

/** Kinds of units in which a shipped role is offered first. */
export const offeredIn: Record<RoleCode, readonly ('organization' | 'division' | 'office')[]> = {
  RO: ['office'],
  DO: ['division', 'office'],
  BO: ['organization', 'division'],
  SA: ['organization'],
  HD: ['organization', 'division'],
  AO: ['organization'],
  TH: [],
};

/** The place of a role in a list: shipped ones in their order, then all others. */
export const shippedFirst = (code: string): number => {
  const index = (roleCodes as readonly string[]).indexOf(code);
  return index < 0 ? roleCodes.length : index;
};

/** An audit officer administers nothing: `audit.read` goes with no permission that changes anything. */
export const mayChange = (permission: Permission): boolean => !/\.(read|verify)$/.test(permission);
