import { i18n } from './i18n.svelte.ts';

type When = string | number | Date;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(when: When, options: Intl.DateTimeFormatOptions): string {
  // British English for day before month and 24 hours, as the screens' English has it.
  const tag = i18n.locale === 'en' ? 'en-GB' : 'it-IT';
  const key = tag + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(tag, options)));
  return found.format(new Date(when));
}

const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric' };
const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

/** 24 Nov 2026 / 24 nov 2026. A calendar date (YYYY-MM-DD) is the same day in every zone. */
export const date = (when: When): string =>
  format(when, typeof when === 'string' && when.length === 10 ? { ...day, timeZone: 'UTC' } : day);
/** 10:52 */
export const time = (when: When): string => format(when, clock);
/** 24 Nov 10:52; with the year when it is not this one. */
export const dateTime = (when: When): string =>
  format(when, { ...day, ...clock, ...(new Date(when).getFullYear() === new Date().getFullYear() ? { year: undefined } : {}) }).replace(
    /,| alle ore| alle| at/g,
    '',
  );
/** 24 Nov 2026, 10:52:37 CET: for titles, and where the second matters. */
export const exact = (when: When): string => format(when, { ...day, ...clock, second: '2-digit', timeZoneName: 'short' });
/** Tue 24 */
export const dayOfWeek = (when: When): string => format(when, { weekday: 'short', day: 'numeric', timeZone: 'UTC' });
/** 24 Nov */
export const dayMonth = (when: When): string => format(when, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** Today 10:21, yesterday 18:00, then 24 Nov 10:52. */
export function moment(when: When, now: number): string {
  const days = Math.round((midnight(now) - midnight(when)) / 86_400_000);
  if (days === 0) return `${i18n.t.time.today} ${time(when)}`;
  if (days === 1) return `${i18n.t.time.yesterday} ${time(when)}`;
  return dateTime(when);
}
const midnight = (when: When) => new Date(when).setHours(0, 0, 0, 0);

/** How long: 12 min, 5 h, 3 d. Under a minute: seconds. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  const [value, unit] =
    s < 60
      ? [s, 's']
      : s < 3600
        ? [Math.floor(s / 60), 'min']
        : s < 172_800
          ? [Math.floor(s / 3600), 'h']
          : [Math.floor(s / 86_400), i18n.t.time.d];
  return `${value} ${unit}`;
}
/** 2:14 */
export const countdown = (ms: number): string => {
  const s = Math.max(0, Math.ceil(ms / 1000));
  return s >= 3600 ? duration(ms) : `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
};
/** 0.2 s of a step that took 200 ms. */
export const seconds = (ms: number): string => `${number(Math.max(0, ms) / 1000, 1)} s`;

export const number = (n: number, digits = 0): string =>
  new Intl.NumberFormat(i18n.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(n);

/** A name in the reader's language. */
export const named = (names: { en: string; it: string }): string => names[i18n.locale];
/** 6090 0100 2231 7745: serials in groups of four. */
export const serial = (digits: string): string => (/^\d{8,}$/.test(digits) ? digits.replace(/(\d{4})(?=\d)/g, '$1 ') : digits);
/** 4A:91:0C: certificate serials in pairs. */
export const hexPairs = (hex: string): string => hex.toUpperCase().replace(/(..)(?=.)/g, '$1:');
/** Initials for an avatar. */
export const initials = (name: string): string => {
  const words = name.split(/\s+/).filter(Boolean);
  return ((words[0]?.[0] ?? '') + (words.length > 1 ? (words.at(-1)?.[0] ?? '') : '')).toUpperCase();
};
