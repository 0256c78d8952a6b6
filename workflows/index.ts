export { certificateAction } from './certificate-action.ts';
export { deviceProduction } from './device-production.ts';
export { publishCrl } from './publish-crl.ts';
export { reconciliation } from './reconciliation.ts';
export { reconcile } from './reconcile.ts';
export { request } from './request.ts';
export { stationCard } from './station-card.ts';
