import { i18n } from '#lib/i18n/i18n.svelte.ts';

// Each browser also names those it descends from: the most particular comes first.
const browsers: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const systems: [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];
const first = (names: [RegExp, string][], text: string) => names.find(([pattern]) => pattern.test(text))?.[1];

/** What a User-Agent says to people: `Firefox on Linux`. */
export function browserName(userAgent: string): string {
  const name = first(browsers, userAgent);
  return name ? i18n.t.account.browser(name, first(systems, userAgent) ?? '') : i18n.t.account.unknownBrowser;
}
