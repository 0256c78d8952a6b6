/** NIST SP 800-63B-4 3.1.1.2: 15 characters where a password may be the only proof, and room for long ones; no rule about kinds of characters. */
export const shortestPassword = 15;
export const longestPassword = 200;

/** What guessing begins with. A long password that is little more than these is no long password. */
const triedFirst = [
  ...['password', 'passwort', 'parola', 'segreta', 'secret', 'administrator', 'admin', 'operator', 'operatore', 'welcome', 'benvenuto'],
  ...['letmein', 'iloveyou', 'tiamo', 'monkey', 'dragon', 'football', 'juventus', 'calcio', 'princess', 'sunshine', 'master', 'changeme'],
  ...['0123456789', '1234567890', '9876543210', '12345678', '123456', '1234', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwerty', 'qwertz'],
  ...['1q2w3e4r5t', '1qaz2wsx3edc', 'abcdefghijklmnopqrstuvwxyz', 'abcdefgh', 'abcdef', 'abc123', 'smartcms', 'smartcard'],
];

export type PasswordProblem = 'short' | 'long' | 'easy';

/** What to do about it, in words for the person. */
export const passwordAdvice: Record<PasswordProblem, string> = {
  short: `At least ${shortestPassword} characters`,
  long: `At most ${longestPassword} characters`,
  easy: 'Easy to guess: choose one without your name and without common words, such as four words that have nothing to do with each other',
};

/**
 * What speaks against a password, for the person who is known by these words (login, names). `easy`: without their words and without what everybody
 * tries first, too little is left of it, or only few different characters.
 */
export function passwordProblem(password: string, words: readonly string[]): PasswordProblem | undefined {
  const length = [...password].length;
  if (length < shortestPassword) return 'short';
  if (length > longestPassword) return 'long';
  const parts = words.flatMap((word) => [word, ...word.split(/[^\p{L}\p{N}]+/u)]).filter((word) => word.length >= 3);
  const rest = [...parts, ...triedFirst]
    .map((word) => word.toLowerCase())
    .reduce((left, word) => left.replaceAll(word, ''), password.toLowerCase());
  return [...rest].length < 8 || new Set(rest).size < 5 ? 'easy' : undefined;
}
