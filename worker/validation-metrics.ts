import { Histogram, type Registry } from 'prom-client';

/** Tells of one answer: its media type, status and time. */
export type ObserveValidation = (answer: { type: string; status: number; seconds: number }) => void;

const kinds: Record<string, string> = {
  'application/ocsp-response': 'ocsp',
  'application/pkix-crl': 'crl',
  'application/pkix-cert': 'certificate',
};

/** Answers of the validation authority; `none` is what it has nothing for. */
export function validationMetrics(registry: Registry): ObserveValidation {
  const histogram = new Histogram({
    name: 'smartcms_validation_seconds',
    help: 'Answers of the validation authority, by kind and class of status.',
    labelNames: ['kind', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  return ({ type, status, seconds }) =>
    histogram.observe({ kind: kinds[type] ?? 'none', status: `${Math.floor(status / 100)}xx` }, seconds);
}
