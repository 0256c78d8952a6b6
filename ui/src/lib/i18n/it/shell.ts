import type * as source from '../en/shell.ts';
import { plurals } from '../plural.ts';

const n = plurals('it-IT');

export const app: typeof source.app = {
  name: 'smartCMS',
  skip: 'Vai al contenuto',
  demonstration: 'Dimostrazione: persone inventate, carte virtuali, niente qui è reale',
  test: 'Ambiente di prova: niente qui è reale',
  environment: 'Ambiente',
  titleError: 'Errore:',
};

export const act: typeof source.act = {
  cancel: 'Annulla',
  close: 'Chiudi',
  retry: 'Riprova',
  reload: 'Ricarica',
  signOut: 'Esci',
  signIn: 'Accedi',
  more: 'Altre azioni',
  open: 'Apri',
  dismiss: 'Chiudi',
  clearFilters: 'Togli i filtri',
  filter: 'Filtro',
  apply: 'Applica',
  back: 'Indietro',
  continue: 'Continua',
  show: 'Mostra',
};

export const time: typeof source.time = {
  today: 'Oggi',
  yesterday: 'Ieri',
  d: 'g',
  since: 'Da',
  due: (d) => `entro ${d}`,
  overdue: (d) => `in ritardo di ${d}`,
};

export const nav: typeof source.nav = {
  main: 'Principale',
  open: 'Apri la navigazione',
  side: 'Barra laterale',
  drawer: 'Cassetto',
  places: 'Luoghi',
  breadcrumb: 'Percorso',
  home: 'Inizio',
  requests: 'Richieste',
  newRequest: 'Nuova richiesta',
  holders: 'Persone',
  desk: 'Sportello',
  credentials: 'Credenziali',
  devices: 'Dispositivi',
  organisation: 'Organizzazione',
  units: 'Unità',
  operators: 'Operatori',
  roles: 'Ruoli',
  oversight: 'Controllo',
  audit: 'Audit',
  system: 'Sistema',
  fields: 'Campi dei dati',
  apiKeys: 'Chiavi API',
  signInSources: 'Fonti di accesso',
  logging: 'Log',
  workingAs: 'Lavori come',
  switchAssignment: 'Cambia incarico',
  theme: 'Passa da chiaro a scuro',
  account: 'Il tuo profilo',
  keys: 'Tasti rapidi',
};

export const palette: typeof source.palette = {
  title: 'Cerca o vai a…',
  placeholder: 'Un nome, un numero, un seriale, o che cosa vuoi fare',
  here: 'In questa pagina',
  places: 'Vai a',
  requests: 'Richieste',
  devices: 'Dispositivi',
  nothing: (q) => `Niente per "${q}"`,
  choose: 'scegli',
  open: 'apri',
  leave: 'torna dove eri',
};

export const keys: typeof source.keys = {
  title: 'Tasti rapidi',
  everywhere: 'Ovunque',
  lists: 'Negli elenchi',
  here: 'In questa pagina',
  help: 'Questo elenco',
  palette: 'Cerca o vai a…',
  search: 'Cerca in questo elenco',
  move: 'Passa da una riga all’altra',
  select: 'Seleziona la riga',
  range: 'Seleziona fino a questa riga',
  open: 'Apri la riga',
  leave: 'Indietro, o togli la selezione',
  then: 'poi',
  switchedOn: 'I tasti singoli sono attivi',
  hint: 'Non agiscono mai mentre scrivi o con una finestra aperta.',
};

export const list: typeof source.list = {
  shown: (count, more) => n(count, '# mostrata', '# mostrate') + (more ? ', ce ne sono altre' : ''),
  newer: 'Più recenti',
  older: 'Meno recenti',
  selected: (count) => n(count, '# selezionata', '# selezionate'),
  selectAll: 'Seleziona le righe mostrate',
  select: (what) => `Seleziona ${what}`,
  clear: 'Togli la selezione',
  changed: (count) => n(count, '# novità: mostrala', '# novità: mostrale'),
  sortBy: (what) => `Ordina per ${what}`,
  sort: 'Ordina',
  removeFilter: (what) => `Togli il filtro ${what}`,
  any: 'Qualsiasi',
  from: 'Dal',
  to: 'Al',
  search: 'Cerca in questo elenco',
  moveKey: 'muovi',
  openKey: 'apri',
  selectKey: 'seleziona',
  allKeys: 'tutti i tasti',
  searchKey: 'cerca',
  loading: 'Lettura in corso',
  none: '–',
};

export const field: typeof source.field = {
  optional: '(facoltativo)',
  choose: 'Scegli…',
  showPassword: 'Mostra la password',
  hidePassword: 'Nascondi la password',
  summary: (count) => n(count, 'C’è # cosa da correggere', 'Ci sono # cose da correggere'),
  reason: 'Motivo',
  reasonHint: 'Resta nell’audit e si vede nella storia.',
  reasonMissing: 'Scegli un motivo',
  writeReason: 'Scrivi il perché',
  comment: 'Commento',
};

export const oops: typeof source.oops = {
  title: 'Questa pagina non si è potuta leggere',
  notFound: 'Non esiste, o non è visibile per te',
  notFoundHint: 'Forse è passata a un altro ufficio, o l’indirizzo non è completo.',
  home: 'Vai alla pagina iniziale',
  signedOut: 'Accedi e arrivi alla pagina che volevi.',
  noRole: 'Il tuo ruolo non vede questa pagina',
  noRoleHint: 'Nella barra a lato trovi ciò che puoi aprire; il ruolo si chiede all’amministratore.',
};
