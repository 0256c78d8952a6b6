/** `1 card`, `3 cards`: the form that the language's rules ask for. `#` in a form is the number, grouped. */
export const plurals = (locale: string) => {
  const rules = new Intl.PluralRules(locale);
  const figures = new Intl.NumberFormat(locale);
  return (n: number, one: string, other: string): string => (rules.select(n) === 'one' ? one : other).replaceAll('#', figures.format(n));
};
