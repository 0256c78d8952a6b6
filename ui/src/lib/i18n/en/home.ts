import { plurals } from '../plural.ts';

const n = plurals('en-GB');

export const home = {
  title: 'Home',
  morning: (name: string) => `Good morning, ${name}`,
  afternoon: (name: string) => `Good afternoon, ${name}`,
  evening: (name: string) => `Good evening, ${name}`,
  waitsForYou: (all: number, stopped: number) =>
    (all === 0 ? 'Nothing waits for you.' : n(all, '# thing waits for you', '# things wait for you')) +
    (all === 0 ? '' : stopped === 0 ? '.' : `, ${n(stopped, '# of them stopped', '# of them stopped')}.`),
  waiting: 'Waiting for you',
  waitingCaption: 'Things waiting for you, most urgent first',
  urgentFirst: 'Most urgent first',
  what: 'What',
  waited: 'Waiting',
  due: 'Due',
  action: 'Action',
  kinds: {
    approve: 'Approve a request',
    produce: 'Produce a card',
    resume: 'Resume an interrupted card',
    deliver: 'Hand over a card',
    problem: 'Look at a request that cannot go on',
  },
  buttons: { approve: 'Review', produce: 'Produce', resume: 'Resume', deliver: 'Hand over', problem: 'Open' },
  allDone: 'Nothing waits for you',
  allDoneHint: 'New things appear here by themselves.',
  figures: 'Figures',
  issuedToday: 'Issued today',
  againstUsual: (percent: number) =>
    percent === 0 ? 'As on a usual day' : percent > 0 ? `${percent} % above a usual day` : `${-percent} % below a usual day`,
  noUsual: 'No usual day to compare with yet',
  pending: 'Requests to approve',
  running: 'Requests under way',
  stopped: (count: number) => (count === 0 ? 'None stopped' : n(count, '# stopped', '# stopped')),
  active: 'Active devices',
  suspended: (count: number) => (count === 0 ? 'None suspended' : n(count, '# suspended', '# suspended')),
  offices: 'Offices',
  officers: (count: number) => n(count, '# officer', '# officers'),
  pendingHint: 'Waiting for a decision',
  issuedPerDay: 'Issued per day',
  period: 'Period',
  days: (count: number) => n(count, '# day', '# days'),
  chartSentence: (all: number, days: number, most: number, when: string) =>
    all === 0
      ? `No device issued in the last ${days} days`
      : `Devices issued per day in the last ${days} days: ${all} in all, most on ${when} with ${most}`,
  today: 'Today',
  asTable: 'Show as a table',
  day: 'Day',
  byOffice: 'By office, 30 days',
  noOffice: 'Nothing issued yet. The first card shows here.',
  services: 'Services',
  mailsWait: (count: number) => n(count, '# mail waits and will be sent by itself', '# mails wait and will be sent by themselves'),
  service: { ok: 'Working', slow: 'Slow', down: 'Not answering' },
  serviceNames: {
    database: 'Database',
    'audit database': 'Audit database',
    temporal: 'Processes',
    hsm: 'HSM',
    mail: 'Mail',
    clock: 'Clock',
  } as Record<string, string>,
};
