import type { Knex } from 'knex';

import type { DeviceProfile } from '../../domain/profile.ts';

/** The newest revision of every active device profile. */
export async function listDeviceProfiles(knex: Knex) {
  const rows = (await knex('device_profiles')
    .where({ active: true })
    .distinctOn('code')
    .orderBy([{ column: 'code' }, { column: 'revision', order: 'desc' }])
    .select('*')) as Record<string, unknown>[];
  return rows.map((p) => {
    const definition = p.definition as DeviceProfile;
    return {
      id: p.id as string,
      code: p.code as string,
      revision: p.revision as number,
      name: { en: p.nameEn as string, it: p.nameIt as string },
      model: definition.model,
      slots: definition.slots,
      approvalSteps: definition.approval.steps,
    };
  });
}
