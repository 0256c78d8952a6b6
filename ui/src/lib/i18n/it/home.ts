import type * as source from '../en/home.ts';
import { plurals } from '../plural.ts';

const n = plurals('it-IT');

export const home: typeof source.home = {
  title: 'Inizio',
  morning: (name) => `Buongiorno, ${name}`,
  afternoon: (name) => `Buon pomeriggio, ${name}`,
  evening: (name) => `Buonasera, ${name}`,
  waitsForYou: (all, stopped) =>
    (all === 0 ? 'Nulla in attesa.' : n(all, '# cosa ti aspetta', '# cose ti aspettano')) +
    (all === 0 ? '' : stopped === 0 ? '.' : `, ${n(stopped, '# è ferma', '# sono ferme')}.`),
  waiting: 'In attesa di te',
  waitingCaption: 'Cose in attesa di te, le più urgenti per prime',
  urgentFirst: 'Le più urgenti per prime',
  what: 'Che cosa',
  waited: 'Attesa',
  due: 'Scadenza',
  action: 'Azione',
  kinds: {
    approve: 'Approva una richiesta',
    produce: 'Produci una carta',
    resume: 'Riprendi una carta interrotta',
    deliver: 'Consegna una carta',
    problem: 'Guarda una richiesta che non va avanti',
  },
  buttons: { approve: 'Esamina', produce: 'Produci', resume: 'Riprendi', deliver: 'Consegna', problem: 'Apri' },
  allDone: 'Nulla in attesa',
  allDoneHint: 'Le novità appaiono qui da sole.',
  figures: 'Cifre',
  issuedToday: 'Emesse oggi',
  againstUsual: (percent) =>
    percent === 0
      ? 'Come in un giorno normale'
      : percent > 0
        ? `${percent} % sopra un giorno normale`
        : `${-percent} % sotto un giorno normale`,
  noUsual: 'Ancora nessun giorno normale con cui confrontare',
  pending: 'Richieste da approvare',
  running: 'Richieste in corso',
  stopped: (count) => (count === 0 ? 'Nessuna ferma' : n(count, '# ferma', '# ferme')),
  active: 'Dispositivi attivi',
  suspended: (count) => (count === 0 ? 'Nessuno sospeso' : n(count, '# sospeso', '# sospesi')),
  offices: 'Uffici',
  officers: (count) => n(count, '# operatore', '# operatori'),
  pendingHint: 'In attesa di una decisione',
  issuedPerDay: 'Emesse al giorno',
  period: 'Periodo',
  days: (count) => n(count, '# giorno', '# giorni'),
  chartSentence: (all, days, most, when) =>
    all === 0
      ? `Nessun dispositivo emesso negli ultimi ${days} giorni`
      : `Dispositivi emessi al giorno negli ultimi ${days} giorni: ${all} in tutto, il massimo il ${when} con ${most}`,
  today: 'Oggi',
  asTable: 'Mostra come tabella',
  day: 'Giorno',
  byOffice: 'Per ufficio, 30 giorni',
  noOffice: 'Ancora nulla di emesso. La prima carta appare qui.',
  services: 'Servizi',
  mailsWait: (count) => n(count, '# e-mail attende e partirà da sola', '# e-mail attendono e partiranno da sole'),
  service: { ok: 'Funziona', slow: 'Lento', down: 'Non risponde' },
  serviceNames: {
    database: 'Base dati',
    'audit database': 'Archivio audit',
    temporal: 'Processi',
    hsm: 'HSM',
    mail: 'Posta',
    clock: 'Orologio',
  },
};
