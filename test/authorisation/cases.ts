import { v7 as uuid } from 'uuid';

import type { Guard } from '../../api/operation.ts';
import { eventsOfList } from './changes.ts';
import { guarded, inUnit, list, noUnit, object, ofEverybody, open, ownDevices, referring, together, type Case } from './probes.ts';
import { sessionInPlaces, sessionsOfPlaces } from './sessions.ts';
import { homeShows } from './home.ts';
import { rowsInUnits } from './operator-import.ts';
import { unitFromAbove, unitMoves } from './units.ts';
import { deviceStates } from '../../domain/device-state.ts';
import { requestStates } from '../../domain/request-state.ts';
import { person } from '../support/api-organisation.ts';
import { nowhere, type World } from './world.ts';

const holderData = person({ document: { kind: 'passport', number: 'X1', issuer: 'Roma', expiresOn: '2099-01-01' } });
/** An operator whose login somebody has: nobody comes of it. */
const taken = { givenName: 'Anna', familyName: 'Rossi', email: 'ro@example.it' };
/** The code is one that a unit has already: nothing comes of it. */
const unitData = { kind: 'office', code: 'taken', name: 'Matrix', address: null, category: null, identifiers: [], attributes: [] };
const forUnits = { edit: 'unit.manage', add: 'unit.manage', open: 'unit.manage', close: 'unit.manage', move: 'unit.manage' } as const;
const reason = { reason: 'Told so by a test' };
const anyOf = (states: readonly string[]) => states.map((state) => `state=${state}`).join('&');
const ofSource = ({ sourceId }: World) => ({ id: sourceId });
const atStation = (stationId: string) => ({ stationId });

/** Of the whole organisation: only whoever sees all of it may change it. */
const everywhere = ({ params, body, rule = false }: { params?: Record<string, string>; body?: unknown; rule?: boolean }): Case =>
  guarded(({ separationRuleId }) => [
    {
      label: 'the organisation',
      params: rule ? { id: separationRuleId } : (params ?? {}),
      body,
      expect: ({ visibility, via }) => (visibility === 'all' && via === 'session' ? 'passes' : 'forbidden'),
    },
  ]);

/** A file that is not there, which is how one that is hidden answers (api/field-files.test.ts): whoever lacks the permission is refused before. */
const noFile = guarded(() => [{ label: 'a file', params: { id: uuid() }, expect: () => 'not_found' }]);

/**
 * What each operation is about and which permission it needs, written down apart from the code, so that the matrix can ask it about things in every place
 * and notices when a guard goes. An operation that is not here fails the test. To add one, write a line under its permission:
 *
 *     removeThing: object('things')               one row by the id in the path; `body` makes a right body, `params` more of the path
 *     listThings: list('things')                  rows; `queries` with filters that leave every row, `byUnit` when it takes `unitId`
 *     createThing: inUnit((unitId) => ({...}))    makes something in the unit that the body names
 *     ... referring('things', (row) => ({...}))   the body names another row of the unit; `together(a, b)` asks both kinds of question
 *     readThings: noUnit()                        the same for all units: the permission alone decides; takes `params` and `body`
 *     changeSetting: ofEverybody()                of the whole installation: only whoever sees everything (domain/permissions.ts says the same)
 *     readOwn: ownDevices()                       a holder's own
 *     signIn: open()                              anybody, or anybody who is signed in
 *     odd: guarded((world) => [probes])           all else: questions of your own, each with what the caller must get
 *
 * Bodies must be right, so that nothing but the place can be wrong. What would move units, or take the caller's account away, must be refused for the
 * state of things once access was given (an old version, a unit that is closed already), for the world serves all callers in turn. A new kind of row
 * goes into `kinds`, `seedRows` and `facts` of world.ts.
 */
const needs: Partial<Record<Guard, Record<string, Case>>> = {
  public: {
    signIn: open({ login: 'nobody@example.it', password: 'x' }),
    signInWithCertificate: open(),
    leaveToSignIn: open(),
    comeBackSignedIn: open(),
    takePostedAnswer: open(),
    readProviderMetadata: open(),
    signOut: open(),
    checkLive: open(),
    checkReady: open(),
    readMeta: open(),
    beginPasskeyFactor: open(),
    showSecondFactor: open({ code: '000000' }),
    askPasswordReset: open({ login: 'nobody@example.it' }),
    resetPassword: open({ token: 'A'.repeat(43), password: 'four words that rhyme not' }),
    activateDevice: open({ serial: '6090000000000000', code: '0', pin: '482913', password: 'correct horse battery' }),
  },
  signed_in: {
    readMe: open(),
    readAccount: open(),
    proveAgain: open({ password: 'not mine' }),
    enrolTotp: open(),
    confirmTotp: open({ code: '000000' }),
    removeTotp: open(),
    beginPasskeyProof: open(),
    beginPasskey: open(),
    addPasskey: open({ name: 'Key', passkey: { id: 'AA', clientDataJSON: 'AA', attestationObject: 'AA' } }),
    removePasskey: open(),
    renewRecoveryCodes: open(),
    listOwnSessions: open(),
    endOwnSession: open(),
    changePassword: open({ current: 'not mine', password: 'four words that rhyme not' }),
  },

  'home.read': { readHome: homeShows },
  'unit.read': {
    listUnits: list('units', { works: true, queries: ['state=open', 'category=urban', 'kind=organization&kind=division&kind=office'] }),
    readUnit: object('units', { works: true, may: forUnits }),
    listUnitLabels: noUnit(),
  },
  'unit.manage': {
    createUnit: inUnit((parentId) => ({ ...unitData, parentId })),
    updateUnit: object('units', { works: true, body: () => unitData }),
    moveUnit: unitMoves,
    openUnit: unitFromAbove(),
    closeUnit: unitFromAbove(),
  },
  'profile.read': { listDeviceProfiles: noUnit() },

  'field.read': { readFields: noUnit() },
  'field.manage': { changeFields: ofEverybody({ body: { groups: [], fields: [] } }), listFieldHistory: ofEverybody() },

  'holder.create': { createHolder: inUnit((unitId) => ({ ...person(), unitId })), addPhoto: noUnit(), addDocument: noUnit() },
  'holder.read': {
    listHolders: list('holders', { queries: ['search=anna'] }),
    readHolder: object('holders'),
    exportHolders: noUnit(),
    readPhoto: noFile,
    readDocument: noFile,
  },
  'holder.update': { updateHolder: object('holders', { body: () => holderData }) },

  'request.create': {
    createRequest: together(
      inUnit((unitId, { api }) => ({ unitId, profileId: api.organisation.profileId, reference: 'matrix', submit: true, holder: person() })),
      referring('holders', ({ id }, { api, units }) => {
        return { body: { unitId: units.here, profileId: api.organisation.profileId, reference: id, holderId: id }, unit: 'here' };
      }),
    ),
  },
  'request.read': {
    listRequests: list('requests', { queries: ['search=anna', anyOf(requestStates)], byUnit: true }),
    readRequest: object('requests', { may: { deliver: 'device.deliver', printMailer: 'code.print' } }),
    watchRequest: object('requests'),
    watchChanges: eventsOfList,
  },
  'request.submit': { submitRequest: object('requests') },
  'request.decide': { decideRequest: object('requests', { body: () => ({ verdict: 'approve' }) }) },
  'request.amend': { amendRequest: object('requests', { body: () => ({ data: person(), ...reason }) }) },
  'request.cancel': { cancelRequest: object('requests', { body: () => reason }) },

  'device.produce': {
    listStations: list('stations'),
    changeStationCard: object('stations', { body: () => ({ serial: null }) }),
    startProduction: object('requests', { and: 'stations', body: atStation }),
    resumeProduction: object('requests', { and: 'stations', body: atStation }),
    scrapProduction: object('requests', { body: () => reason }),
  },
  'device.deliver': { deliverDevice: object('requests'), sendActivationCode: object('requests') },
  'code.print': { printPinMailer: object('devices') },

  'device.read': {
    listDevices: list('devices', { queries: ['search=anna', anyOf(deviceStates)], byUnit: true }),
    readDevice: object('devices', { may: { suspend: 'device.suspend', reactivate: 'device.reactivate', revoke: 'device.revoke' } }),
  },
  'device.suspend': { placeHold: object('devices', { body: () => ({ cause: 'absence' }) }) },
  'device.reactivate': { liftHold: object('devices', { params: ({ id }, { holds }) => ({ holdId: holds.get(id) ?? '' }) }) },
  'device.revoke': { revokeDevice: object('devices', { body: () => ({ cause: 'lost' }) }) },
  'certificate.read': { readCertificate: object('certificates'), downloadCertificate: object('certificates') },

  'audit.read': { listAuditEvents: list('audit_events', { queries: ['search=unit_path'], id: 'seq' }) },
  'audit.verify': { verifyAudit: noUnit() },
  'system.reconcile': {
    startReconciliation: ofEverybody({ body: { complete: false } }),
    readReconciliation: ofEverybody({ params: ({ reconciliationId }) => ({ id: reconciliationId }) }),
  },
  'monitor.read': { readLogging: ofEverybody(), listLogEntries: ofEverybody() },
  'log.manage': { setLogLevel: ofEverybody({ params: () => ({ module: 'api' }), body: { level: null } }) },
  'key.rotate': { rotateKeys: ofEverybody({ body: { kind: 'codes' } }) },

  'operator.read': {
    listOperators: list('operators', { queries: ['search=operator'] }),
    readOperator: object('operators'),
    readAccess: object('operators', { query: 'permission=home.read' }),
  },
  'operator.manage': {
    createOperator: inUnit((unitId) => ({ operator: taken, assignments: [{ role: 'BO', unitId, visibility: 'own' }] })),
    importOperators: rowsInUnits,
    updateOperator: object('operators', { body: () => taken }),
    deactivateOperator: object('operators', { body: () => reason }),
    reactivateOperator: object('operators'),
    removeOperator: object('operators', { body: () => reason }),
    setFirstPassword: object('operators'),
    resetSecondFactors: object('operators'),
    inviteOperator: object('operators'),
    grantAssignment: object('operators', { body: (_, { unitId }) => ({ role: 'BO', unitId, visibility: 'own' }) }),
    changeAssignment: object('assignments', { body: () => ({ visibility: 'own' }) }),
    endAssignment: object('assignments'),
  },

  'session.manage': { listSessions: sessionsOfPlaces, endSession: sessionInPlaces },
  'role.read': { listRoles: noUnit(), listSeparationRules: noUnit() },
  'role.manage': {
    createRole: everywhere({ body: { code: 'AO', name: { en: 'Taken', it: 'Preso' }, permissions: ['home.read'] } }),
    updateRole: everywhere({ params: { code: 'AO' }, body: { name: { en: 'AO', it: 'AO' }, permissions: ['home.read'] } }),
    removeRole: everywhere({ params: { code: 'AO' } }),
    createSeparationRule: everywhere({ body: { kind: 'permissions', first: 'operator.manage', second: 'role.manage' } }),
    switchSeparationRule: everywhere({ rule: true, body: { active: true } }),
    removeSeparationRule: everywhere({ rule: true }),
  },

  'api_key.manage': {
    createApiKey: inUnit((unitId) => {
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
      return { name: 'Matrix', unitId, permissions: ['home.read'], expiresAt };
    }),
    listApiKeys: list('api_keys'),
    revokeApiKey: object('api_keys'),
  },

  'signin.manage': {
    listSignInSources: ofEverybody(),
    readSignInSource: ofEverybody({ params: ofSource }),
    createSignInSource: ofEverybody({ body: { ...nowhere, name: 'Another' } }),
    updateSignInSource: ofEverybody({ params: ofSource, body: { ...nowhere, name: 'Nowhere' } }),
    trySignInSource: ofEverybody({ params: ofSource }),
  },

  'own.read': { listOwnDevices: ownDevices() },
  'own.suspend': { placeOwnHold: ownDevices({ cause: 'absence' }) },
};

/** What is declared above of each operation, by its name. */
export const cases: ReadonlyMap<string, { permission: Guard; about: Case }> = new Map(
  Object.entries(needs).flatMap(([permission, of]) =>
    Object.entries(of).map(([name, about]) => [name, { permission: permission as Guard, about }] as const),
  ),
);
