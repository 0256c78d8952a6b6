import type { PublicKey } from './public-key.ts';

/** Why the key must not be certified, or undefined. Known failures of key generators: perf-reliability B7 names the incidents. */
export function weaknessOf(key: PublicKey): string | undefined {
  if (!key.rsa) return undefined;
  const { modulus, exponent } = key.rsa;
  if (exponent < 65537n || exponent % 2n === 0n || exponent >> 256n > 0n)
    return 'its exponent is not an odd number between 65537 and 2^256';
  if (smallPrimes.some((prime) => modulus % prime === 0n)) return 'its modulus has a small factor';
  if (hasRocaFingerprint(modulus)) return 'it has the fingerprint of the ROCA weakness (CVE-2017-15361)';
  if (hasClosePrimes(modulus)) return 'its primes are too close to each other';
  return undefined;
}

function primesBelow(limit: number): bigint[] {
  const primes: bigint[] = [];
  for (let n = 2n; n < limit; n++) if (primes.every((prime) => n % prime !== 0n)) primes.push(n);
  return primes;
}

/** The bound that the CA/Browser Forum's ballot SC-73 names for trial division. */
const smallPrimes = primesBelow(752);

/**
 * Primes made by the vulnerable Infineon library are 65537^a mod M, M a product of the first primes. So their product, modulo each of
 * these primes, lies in the subgroup that 65537 generates (Nemec et al., CCS 2017, 3.1). By chance a good key does so once in 2^27.
 */
const rocaSubgroups = primesBelow(168)
  .filter((prime) => prime > 2n)
  .map((prime) => [prime, powersOf65537(prime)] as const);

function powersOf65537(prime: bigint): Set<bigint> {
  const powers = new Set<bigint>();
  for (let power = 1n; !powers.has(power); power = (power * 65537n) % prime) powers.add(power);
  return powers;
}

const hasRocaFingerprint = (modulus: bigint): boolean => rocaSubgroups.every(([prime, subgroup]) => subgroup.has(modulus % prime));

const FERMAT_ROUNDS = 100;

/** Fermat's factorisation for as many rounds as the CA/Browser Forum asks for (Baseline Requirements 6.1.1.3). */
function hasClosePrimes(modulus: bigint): boolean {
  let a = squareRoot(modulus);
  if (a * a < modulus) a++;
  let rest = a * a - modulus;
  for (let round = 0; round < FERMAT_ROUNDS; round++) {
    if (isSquare(rest)) return true;
    rest += 2n * a + 1n;
    a++;
  }
  return false;
}

/** Residues of squares modulo 2^6 · 3^2 · 5 · 7 · 11: all but one number in fifty are told apart without a square root. */
const MODULUS = 221_760n;
const squares = new Set(Array.from({ length: Number(MODULUS) }, (_, n) => (n * n) % Number(MODULUS)));

function isSquare(n: bigint): boolean {
  if (!squares.has(Number(n % MODULUS))) return false;
  return squareRoot(n) ** 2n === n;
}

/** Integer part of the square root (Newton, from above). */
function squareRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt((n.toString(16).length * 4 + 1) >> 1);
  for (let next = (x + n / x) >> 1n; next < x; next = (x + n / x) >> 1n) x = next;
  return x;
}
