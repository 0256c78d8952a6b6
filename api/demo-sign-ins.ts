const password = 'smartcms-demo';

const people = [
  ['ro', 'RO', 'Ospedale Santa Lucia'],
  ['ro2', 'RO', 'Regione Aurelia'],
  ['do', 'DO', 'Ospedale Santa Lucia'],
  ['do2', 'DO', 'Azienda Sanitaria Nord'],
  ['do3', 'DO', 'Regione Aurelia'],
  ['do4', 'DO', 'Regione Aurelia'],
  ['do5', 'DO', 'Comune di Portalba'],
  ['bo', 'BO', 'Regione Aurelia'],
  ['hd', 'HD', 'Regione Aurelia'],
  ['sa', 'SA', 'Regione Aurelia'],
  ['ao', 'AO', 'Regione Aurelia'],
  ['th', 'TH', 'Ospedale Santa Lucia'],
] as const;

/** The sign-ins of the demonstration organisation as `local/seed-operators.ts` makes them; never offered in production. */
export const demoSignIns = people.map(([name, role, unit]) => ({ login: `${name}@aurelia.example`, password, role, unit }));
