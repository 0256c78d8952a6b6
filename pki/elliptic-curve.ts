/** Prime and constant of `y² = x³ - 3x + b` (SP 800-186 3.2.1). Both curves have cofactor 1: a point on the curve is in the right group. */
const curves = {
  'P-256': {
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  'P-384': {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
};

/** Whether the affine point (x, y) lies on the curve. Public values only: the time it takes depends on them. */
export function isOnCurve(curve: 'P-256' | 'P-384', x: bigint, y: bigint): boolean {
  const { p, b } = curves[curve];
  if (x >= p || y >= p) return false;
  return (y * y - (x * x * x - 3n * x + b)) % p === 0n;
}
