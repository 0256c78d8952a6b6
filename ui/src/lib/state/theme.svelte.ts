const storageKey = 'smartcms.theme';
type Theme = 'light' | 'dark';

/** Light or dark: the system's, unless chosen here. */
class ThemeChoice {
  chosen = $state<Theme | undefined>(read());

  /** Puts the choice on the document; called once by the root layout, again after each switch. */
  apply() {
    const root = document.documentElement;
    if (this.chosen) root.dataset.theme = this.chosen;
    else delete root.dataset.theme;
  }

  toggle() {
    const dark = this.chosen ? this.chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    this.chosen = dark ? 'light' : 'dark';
    localStorage.setItem(storageKey, this.chosen);
    this.apply();
  }
}
function read(): Theme | undefined {
  const value = localStorage.getItem(storageKey);
  return value === 'light' || value === 'dark' ? value : undefined;
}

export const theme = new ThemeChoice();
