/** Input of the `certificateAction` workflow: the row `certificate_actions`. One change of one certificate, confirmed by its CA and published. */
export interface CertificateActionInput {
  v: 1;
  actionId: string;
  ca: string;
}

/** `certificate/<id>/suspension/<n>`, `/reactivation/<n>` or `/revocation`. */
export const certificateActionWorkflowId = (certificateId: string, kind: 'suspension' | 'reactivation' | 'revocation', n: number): string =>
  `certificate/${certificateId}/${kind}${kind === 'revocation' ? '' : `/${n}`}`;
