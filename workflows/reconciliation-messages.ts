/** Input of the `reconciliation` workflow, id `reconciliation/<id>`. */
export interface ReconciliationInput {
  v: 1;
  /** The row `reconciliations`; without it the run makes its own. */
  id?: string;
  /** Ask each workflow what it knows, and compare the CA's ledger; else see only whether the workflows are there. */
  complete: boolean;
  repair: boolean;
}

export const reconciliationWorkflowId = (id: string): string => `reconciliation/${id}`;
