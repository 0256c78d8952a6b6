import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';

import { chromium as chromiumPath } from '../../local/system-packages.ts';
import { en } from '../../ui/src/lib/i18n/en.ts';
import { it } from '../../ui/src/lib/i18n/it.ts';
import { password } from './people.ts';
import { plant, seen } from './plant.ts';

/** The words of the screens: tests look for roles and names, so that they check what a person hears too. */
export const words = { en, it };
export type Language = keyof typeof words;

export interface Visit {
  language?: Language;
  width?: number;
  dark?: boolean;
  /** Part of an address that is asked for on purpose though the answer is a refusal. */
  refused?: string;
}

const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Chromium for one test file. `visit` opens a page for one person, with a session of its own; every test fails on an error in any page. */
export function useBrowser(): { visit: (how?: Visit) => Promise<Page> } {
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  const problems: string[] = [];
  beforeAll(async () => {
    // The sandbox of Chromium needs an ordinary user.
    const args = process.getuid?.() === 0 ? [...flags, '--no-sandbox'] : flags;
    browser = await chromium.launch({ executablePath: await chromiumPath(), args });
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    const used = contexts.splice(0);
    for (const { value } of (await Promise.all(used.map((context) => context.cookies()))).flat()) plant('session', value);
    await Promise.all(used.map((context) => context.close()));
    expect(problems.splice(0), 'errors in the browser').toEqual([]);
  });
  async function visit(how: Visit = {}): Promise<Page> {
    const context = await browser.newContext(contextOptions(how));
    contexts.push(context);
    listen(context, { problems, refused: ['/api/me', ...(how.refused ? [how.refused] : [])] });
    // As if chosen at the last visit: else the language of the account comes before the browser's.
    await context.addInitScript(`if (origin !== 'null') localStorage['smartcms.locale'] ??= '${how.language ?? 'en'}';`);
    // Chromium tells of a violation on the console; this names the directive and what it stopped.
    await context.addInitScript(
      `addEventListener('securitypolicyviolation', (e) => console.error('CSP', e.effectiveDirective, e.blockedURI, e.sample));`,
    );
    context.setDefaultTimeout(15_000);
    return context.newPage();
  }
  return { visit };
}

const contextOptions = ({ language = 'en', width = 1440, dark = false }: Visit) => ({
  baseURL: inject('system').url,
  viewport: { width, height: width > 640 ? 900 : 844 },
  colorScheme: dark ? ('dark' as const) : ('light' as const),
  // Colours are measured: they must not be on their way.
  reducedMotion: 'reduce' as const,
  locale: language === 'it' ? 'it-IT' : 'en-GB',
});

interface Listener {
  problems: string[];
  refused: string[];
}

function listen(context: BrowserContext, { problems, refused }: Listener): void {
  // Pages, scripts and calls alike: an address is kept in histories, and logs of proxies.
  context.on('request', (request) => seen('addresses', request.url()));
  context.on('weberror', (event) => problems.push(`${event.page()?.url()}: ${event.error().message}`));
  context.on('dialog', (dialog) => {
    problems.push(`a dialog of the browser: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on('console', (message) => {
    const { url } = message.location();
    // Chromium notes every answer from 400 on as an error: also that to the question who is signed in, when nobody is.
    const expected = message.text().startsWith('Failed to load resource') && refused.some((part) => url.includes(part));
    if (message.type() === 'error' && !expected) problems.push(`${message.page()?.url()}: ${message.text()} ${url}`);
  });
}

/** Signs in as a person does, and waits for the home page. */
export async function signIn(page: Page, login: string, language: Language = 'en'): Promise<void> {
  const t = words[language];
  await page.goto('/sign-in');
  await page.getByLabel(t.signIn.login, { exact: true }).fill(login);
  await page.getByLabel(t.signIn.password, { exact: true }).fill(password);
  await page.getByRole('button', { name: t.signIn.submit, exact: true }).click();
  await page.waitForURL((url) => url.pathname === '/');
  await page.getByRole('heading', { level: 1 }).filter({ hasNotText: t.signIn.title }).waitFor();
}

/** Waits until a person can see this text. */
export const sees = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).filter({ visible: true }).first().waitFor();

/** Waits until the element has the focus. */
export const hasFocus = (element: Locator): Promise<void> => element.and(element.page().locator(':focus')).waitFor();

/** What axe finds wrong on the page by WCAG 2.2 A and AA: rule and element, a line each. */
export async function violations(page: Page): Promise<string[]> {
  const axe = new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']);
  // There are no frames, so axe need not gather their results in a page of its own.
  axe.setLegacyMode();
  const { violations: found } = await axe.analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary?.split('\n').at(1)?.trim()}`),
  );
}
