import type { World } from './lab.ts';

/** One question to a list, as the console asks it. */
export interface Question {
  name: string;
  login: keyof World['logins'];
  path: string;
}

/** A cursor that points nine tenths down the list, newest first: page 18,000 of 20,000 where there are a million rows of three years. */
const deep = (): string => {
  const at = new Date(Date.now() - 0.9 * 1095 * 86_400_000).toISOString().replace('T', ' ').replace('Z', '+00');
  return Buffer.from(JSON.stringify([at, '00000000-0000-0000-0000-000000000000'])).toString('base64url');
};

/** Questions that fill a page in a world of a thousand as in one of a million, so that their costs compare. */
export const questions = (): Question[] => [
  { name: 'first page', login: 'all', path: '/requests' },
  { name: 'far down', login: 'all', path: `/requests?cursor=${deep()}` },
  { name: 'filtered by state', login: 'all', path: '/requests?state=closed' },
  { name: 'several states', login: 'all', path: '/requests?state=closed&state=produced&state=rejected' },
  { name: 'searched', login: 'all', path: '/requests?search=rossi' },
  { name: 'sorted by number', login: 'all', path: '/requests?sort=number' },
  { name: 'first page of a division', login: 'division', path: '/requests' },
  { name: 'a state of a division', login: 'division', path: '/requests?state=closed' },
  { name: 'first page of an office', login: 'office', path: '/requests' },
  { name: 'devices', login: 'all', path: '/devices' },
  { name: 'devices of a division', login: 'division', path: '/devices' },
  { name: 'holders of a division', login: 'division', path: '/holders' },
];

/** Of whoever sees a small part of the tree: one district, or several places by several assignments. */
export const questionsOfOfficers = (): Question[] =>
  (['district', 'several'] as const).flatMap((login) => [
    { name: `first page of ${login}`, login, path: '/requests' },
    { name: `a state of ${login}`, login, path: '/requests?state=closed' },
    { name: `last changed of ${login}`, login, path: '/requests?sort=-updatedAt' },
    { name: `devices of ${login}`, login, path: '/devices' },
    { name: `holders of ${login}`, login, path: '/holders' },
  ]);

/** What people look for in a hurry: a rare name, a number, two words, and what nobody has. */
export const searches = (): Question[] => [
  { name: 'a number', login: 'all', path: '/requests?search=2025-0000777' },
  { name: 'two words', login: 'all', path: `/requests?search=${encodeURIComponent('anna de luca')}` },
  { name: 'part of a word', login: 'all', path: '/requests?search=ordan' },
  { name: 'nothing', login: 'all', path: '/requests?search=xyzzyplugh' },
  { name: 'part of a serial', login: 'all', path: '/devices?search=709000000777' },
  { name: 'a name in a division', login: 'division', path: '/requests?search=giordano' },
  { name: 'a holder', login: 'all', path: '/holders?search=giordano' },
];
