/** Luhn check digit (ISO/IEC 7812-1 annex B) of a string of decimal digits. */
export function luhnDigit(digits: string): string {
  let sum = 0;
  [...digits].reverse().forEach((d, i) => {
    const n = Number(d) * (i % 2 === 0 ? 2 : 1);
    sum += n > 9 ? n - 9 : n;
  });
  return String((10 - (sum % 10)) % 10);
}

export const withLuhn = (digits: string): string => digits + luhnDigit(digits);

export const luhnValid = (digits: string): boolean => /^\d{2,}$/.test(digits) && luhnDigit(digits.slice(0, -1)) === digits.at(-1);
