import type { apiKeys as en } from '../en/api-keys.ts';
import { plurals } from '../plural.ts';

const n = plurals('it-IT');

export const apiKeys: typeof en = {
  title: 'Chiavi API',
  sub: 'Con queste accedono le applicazioni. Una chiave può una parte di ciò che può il suo titolare, in un’unità e sotto; ciò che il titolare perde, lo perde anche la chiave.',
  add: 'Nuova chiave API',
  addText: 'La chiave si mostra una volta sola. Non crea chiavi e non tocca né l’accesso né le sessioni.',
  make: 'Crea la chiave',
  none: 'Nessuna chiave API, per ora',
  noneHint: 'Creane una per ogni applicazione, così ognuna si può togliere da sola.',
  name: 'Nome',
  nameHint: 'L’applicazione e dove gira.',
  may: 'Può',
  unit: 'Unità',
  unitWide: 'Unità, con tutto ciò che sta sotto',
  lastUse: 'Ultimo uso',
  never: 'mai',
  until: 'Fino al',
  untilHint: 'Tutto il giorno; al massimo un anno.',
  networks: 'Da questi indirizzi',
  networksHint: 'Indirizzi o reti, come 192.0.2.0/24. Vuoto: da ovunque.',
  state: 'Stato',
  states: { active: 'Attiva', expired: 'Scaduta', revoked: 'Revocata' },
  permissions: (count: number) => n(count, '# permesso', '# permessi'),
  from: (networks: string) => `Da ${networks}`,
  revoke: 'Revoca…',
  revokeTitle: (name: string) => `Revoca ${name}`,
  revokeText: 'La prossima chiamata con questa chiave è rifiutata. Non si può annullare: crea una nuova chiave.',
  revokeYes: 'Revoca chiave',
  madeTitle: 'La chiave',
  madeText: 'Copiala ora nell’applicazione: nessuno la vedrà più.',
  how: 'L’applicazione la manda a ogni chiamata:',
};
