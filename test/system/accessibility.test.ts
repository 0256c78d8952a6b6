import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, inject, test } from 'vitest';

import { hasFocus, signIn, useBrowser, violations, words, type Language } from './browser.ts';
import { activated, as, password, produced, reaches, submitted } from './people.ts';

const { visit } = useBrowser();

type Name = 'ro' | 'do' | 'hd' | 'ao' | 'sa' | 'holder';
/** Every page of console and portal with something on it, by who looks at it; no name: nobody is signed in. */
let routes: { path: string; by?: Name }[];
let holder: string;
const missing = '00000000-0000-7000-8000-000000000000';

beforeAll(async () => {
  const [waiting, made, { request }] = await Promise.all([submitted(), produced(), activated()]);
  holder = request.data.email;
  const device = request.device?.id ?? '';
  const helpDesk = await as('hd');
  await helpDesk.post(`/devices/${device}/holds`, { cause: 'investigation', comment: 'asked by the office' });
  await reaches(await as('do'), waiting.id, 'pending_approval');
  routes = [
    { path: '/sign-in' },
    { path: '/', by: 'do' },
    { path: '/requests', by: 'do' },
    { path: '/requests?search=nobody+has+this+name', by: 'do' },
    { path: '/requests/new', by: 'ro' },
    { path: `/requests/${waiting.id}`, by: 'do' },
    { path: `/requests/${made.id}`, by: 'do' },
    { path: `/requests/${missing}`, by: 'do' },
    { path: '/desk', by: 'do' },
    { path: '/devices', by: 'hd' },
    { path: `/devices/${device}`, by: 'hd' },
    { path: '/audit', by: 'ao' },
    { path: '/logging', by: 'sa' },
    { path: '/operators', by: 'sa' },
    { path: '/operators/new', by: 'sa' },
    { path: '/operators/import', by: 'sa' },
    { path: '/api-keys', by: 'sa' },
    { path: `/operators/${(await helpDesk.get<{ id: string }>('/me')).id}`, by: 'sa' },
    { path: '/roles', by: 'sa' },
    { path: '/nowhere', by: 'do' },
    { path: '/units', by: 'sa' },
    { path: '/units?view=table', by: 'sa' },
    { path: `/units/${made.unit.id}`, by: 'sa' },
    { path: '/my' },
    { path: '/my/activate' },
    { path: '/my/cards', by: 'holder' },
    { path: '/my/account', by: 'holder' },
    { path: '/account', by: 'do' },
    { path: '/sign-in/forgotten' },
    { path: `/sign-in/password#${'A'.repeat(43)}` },
    { path: '/fields', by: 'sa' },
    { path: '/holders', by: 'do' },
    { path: '/sign-in-sources', by: 'sa' },
  ];
});

/** A page with the session of this person. */
async function enter(page: Page, by: Name | undefined): Promise<void> {
  // Not from a page that still asks the API for something.
  await page.goto('about:blank');
  await page.context().clearCookies();
  if (!by) return;
  const login = by === 'holder' ? holder : `${by}@aurelia.example`;
  const answer = await page.request.post('/api/session', { data: { login, password: by === 'holder' ? 'a long new password' : password } });
  expect(answer.status()).toBeLessThan(300);
}

async function open(page: Page, { path, by }: (typeof routes)[number]): Promise<void> {
  await enter(page, by);
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  // What the page reads from the API is there: nothing loads any more. Events stay open, so the network is never idle.
  await becomes(page, `!document.querySelector('.skeleton') && document.fonts.status === 'loaded'`, true);
}

/** Waits until an expression in the page has this value. */
const becomes = (page: Page, expression: string, value: unknown) =>
  expect.poll(() => page.evaluate(expression), { timeout: 15_000 }).toBe(value);

interface Measured {
  h1: number;
  overflow: number;
  lang: string;
}
const measure = (page: Page) =>
  page.evaluate<Measured>(`({
    h1: document.querySelectorAll('h1').length,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    lang: document.documentElement.lang,
  })`);

/**
 * Home and the page of a request are looked at in every way, the others so that each width, theme and language meets each other one:
 * axe takes a second a page.
 */
const themes = ({ path, width, language }: { path: string; width: number; language: Language }) =>
  path === '/' || path.startsWith('/requests/0') ? themesOf : [themesOf[(width === 1440) === (language === 'en') ? 0 : 1]];
const themesOf = ['light', 'dark'] as const;

/** One page at both widths. */
async function wrong(page: Page, route: (typeof routes)[number], language: Language): Promise<string[]> {
  const found: string[] = [];
  await open(page, route);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    const { h1, overflow, lang } = await measure(page);
    if (h1 !== 1 || overflow > 0 || lang !== language) found.push(`${width}: ${h1} h1, ${overflow} px too wide, language ${lang}`);
    for (const colorScheme of themes({ path: route.path, width, language })) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await violations(page)).map((violation) => `${width} ${colorScheme}: ${violation}`));
    }
  }
  return found.map((line) => `${route.path} ${line}`);
}

// Some thirty pages, of which each is read, measured and searched twice or more.
const everyPage = { timeout: 300_000 };
test.each(['en', 'it'] as const)(
  'every page is free of violations and fits, wide and narrow, light and dark, in %s',
  everyPage,
  async (language) => {
    const page = await visit({ language, refused: missing });
    const found: string[] = [];
    for (const route of routes) found.push(...(await wrong(page, route, language)));
    expect(found).toEqual([]);
  },
);

/** Where the focus is, and whether one sees it: a ring on the element or on what stands around it, not covered, in view. */
const focused = `(() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const again = at.hasAttribute('data-visited');
  at.setAttribute('data-visited', '');
  const chain = [at, at.parentElement, at.parentElement?.parentElement].filter(Boolean).map((e) => getComputedStyle(e));
  const ring = chain.some((s) => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || (s.boxShadow !== 'none' && s.boxShadow.includes(' 0px 0px 0px ')));
  const box = at.getBoundingClientRect();
  const [x, y] = [box.left + Math.min(box.width / 2, 40), box.top + box.height / 2];
  const top = document.elementFromPoint(x, y);
  const seen = top !== null && (at.contains(top) || top.contains(at));
  return { again, ring, seen, html: at.outerHTML.slice(0, 160) };
})()`;

interface Stop {
  again: boolean;
  ring: boolean;
  seen: boolean;
  html: string;
}

/** Presses Tab through the whole page. */
async function tabStops(page: Page): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (let presses = 0; presses < 200; presses++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate<Stop | null>(focused);
    if (!stop || stop.again) break;
    stops.push(stop);
  }
  return stops;
}

test.each([1440, 390])('every tab stop is seen at %i', async (width) => {
  const page = await visit({ width, refused: missing });
  const unseen: string[] = [];
  for (const route of routes) {
    await open(page, route);
    const stops = await tabStops(page);
    expect(stops.length, `tab stops of ${route.path}`).toBeGreaterThan(1);
    unseen.push(...stops.filter((s) => !s.ring || !s.seen).map((s) => `${route.path} ${s.ring ? 'covered' : 'no ring'}: ${s.html}`));
  }
  expect(unseen).toEqual([]);
});

describe('dialogs', () => {
  const t = words.en;
  const unitPage = () => routes.find(({ path }) => path.startsWith('/units/'));
  test.each([
    ['reject', () => routes[5], t.request.reject],
    ['print the PIN mailer', () => routes[6], t.request.mailerPrint],
    ['hand over', () => routes[6], t.request.deliver],
    ['add a hold', () => routes[10], t.devices.addHold],
    ['search or jump', () => routes[1], t.palette.title],
    ['close a unit', () => unitPage(), t.units.close],
    ['move a unit', () => unitPage(), t.units.move],
    ['open a unit for a time', () => unitPage(), t.units.times],
    ['edit a unit', () => unitPage(), t.units.edit],
  ] as const)('%s: free of violations, closes with Escape and gives the focus back', async (_, route, name) => {
    const page = await visit();
    await open(page, route() ?? { path: '/' });
    const opener = page.getByRole('button', { name });
    await opener.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await hasFocus(dialog.locator('*'));
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await hasFocus(opener);
  });

  test('? shows the keys, and Escape leads back', async () => {
    const page = await visit();
    await signIn(page, 'do@aurelia.example');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: t.keys.title }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });
});

test('the language is switched on the page and in the account, and stays', async () => {
  const page = await visit();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Italiano' }).click();
  await page.getByRole('heading', { level: 1, name: words.it.signIn.title }).waitFor();
  expect((await measure(page)).lang).toBe('it');
  await signIn(page, 'do@aurelia.example', 'it');
  expect((await measure(page)).lang).toBe('it');
  await page.getByRole('button', { name: words.it.nav.account }).click();
  await page.getByRole('menuitem', { name: 'English' }).click();
  await becomes(page, 'document.documentElement.lang', 'en');
  await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect((await measure(page)).lang).toBe('en');
});

test('the colours are switched by the button and stay', async () => {
  const page = await visit();
  await page.goto(`${inject('system').url}/sign-in`);
  const dark = `getComputedStyle(document.documentElement).colorScheme`;
  const before = await page.evaluate<string>(dark);
  await page.getByRole('button', { name: words.en.nav.theme }).click();
  await becomes(page, `${dark} !== '${before}'`, true);
  const after = await page.evaluate<string>(dark);
  await page.reload();
  await page.getByRole('button', { name: words.en.nav.theme }).waitFor();
  expect(await page.evaluate<string>(dark)).toBe(after);
});
