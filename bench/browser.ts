import { chromium as launcher, type CDPSession, type Page } from 'playwright-core';

import { chromium } from '../local/system-packages.ts';

export interface Visit {
  page: Page;
  signIn: (login: string) => Promise<void>;
  /** Kilobytes that travelled while `work` ran; `cold`: with an empty cache. */
  transferred: (work: () => Promise<unknown>, how?: { cold: boolean }) => Promise<{ scripts: number; all: number }>;
  /** Of the page that is shown (web.dev/vitals): milliseconds, and the sum of layout shifts. */
  vitals: () => Promise<{ lcp: number; cls: number; inp: number }>;
}

/** 4 × slower than this machine, 1.6 Mbit/s down, 750 kbit/s up, 150 ms round trip: the slow phone of the browsers' own tools. */
const SLOW = { offline: false, downloadThroughput: 200_000, uploadThroughput: 93_750, latency: 150 };

const observers = `
  globalThis.vitals = { lcp: 0, cls: 0, inp: 0 };
  const on = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true, durationThreshold: 16 });
  on('largest-contentful-paint', (e) => (vitals.lcp = e.startTime));
  on('layout-shift', (e) => e.hadRecentInput || (vitals.cls += e.value));
  on('event', (e) => e.interactionId && (vitals.inp = Math.max(vitals.inp, e.duration)));
`;

/** Runs `work` in a Chromium of its own at the address. */
export async function inBrowser<T>({ url, slow = false }: { url: string; slow?: boolean }, work: (visit: Visit) => Promise<T>): Promise<T> {
  // The sandbox of Chromium needs an ordinary user.
  const args = ['--disable-gpu', '--disable-background-networking', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  const browser = await launcher.launch({ executablePath: await chromium(), args });
  try {
    const context = await browser.newContext({ baseURL: url, locale: 'en-GB', viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await page.addInitScript(observers);
    if (slow) {
      await cdp.send('Network.emulateNetworkConditions', SLOW);
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    }
    return await work({
      page,
      signIn: async (login) => {
        const answer = await page.request.post(`${url}/api/session`, { data: { login, password: 'smartcms-demo' } });
        if (!answer.ok()) throw new Error(`${login} cannot sign in: ${answer.status()}`);
      },
      transferred: (action, how) => transferred(cdp, action, how),
      vitals: () => page.evaluate('globalThis.vitals') as Promise<{ lcp: number; cls: number; inp: number }>,
    });
  } finally {
    await browser.close();
  }
}

async function transferred(
  cdp: CDPSession,
  work: () => Promise<unknown>,
  { cold }: { cold: boolean } = { cold: false },
): Promise<{ scripts: number; all: number }> {
  await cdp.send('Network.enable');
  if (cold) await cdp.send('Network.clearBrowserCache');
  const types = new Map<string, string>();
  const sum = { scripts: 0, all: 0 };
  const onResponse = ({ requestId, type }: { requestId: string; type: string }) => void types.set(requestId, type);
  const onFinished = ({ requestId, encodedDataLength }: { requestId: string; encodedDataLength: number }) => {
    sum.all += encodedDataLength / 1000;
    if (types.get(requestId) === 'Script') sum.scripts += encodedDataLength / 1000;
  };
  cdp.on('Network.responseReceived', onResponse);
  cdp.on('Network.loadingFinished', onFinished);
  await work();
  cdp.off('Network.responseReceived', onResponse);
  cdp.off('Network.loadingFinished', onFinished);
  return { scripts: Math.round(sum.scripts), all: Math.round(sum.all) };
}
