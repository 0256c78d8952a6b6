import { en } from './en.ts';
import { it } from './it.ts';

export type Locale = 'it' | 'en';
export type Dictionary = typeof en;

const dictionaries: Record<Locale, Dictionary> = { en, it };
const storageKey = 'smartcms.locale';

const fromBrowser = (): Locale => (navigator.languages.some((l) => l.toLowerCase().startsWith('it')) ? 'it' : 'en');
const stored = (): Locale | undefined => {
  const value = localStorage.getItem(storageKey);
  return value === 'it' || value === 'en' ? value : undefined;
};

/** The words of the screens in the language chosen here, else the browser's. `i18n.t` is the whole dictionary: `i18n.t.home.title`. */
class I18n {
  locale = $state<Locale>(stored() ?? fromBrowser());
  readonly t = $derived<Dictionary>(dictionaries[this.locale]);

  /** Chooses a language for this browser. */
  choose(locale: Locale) {
    this.locale = locale;
    localStorage.setItem(storageKey, locale);
  }
}

export const i18n = new I18n();
