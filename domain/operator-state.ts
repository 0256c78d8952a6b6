export const operatorStates = ['in_force', 'not_yet', 'ended', 'deactivated', 'removed'] as const;
/** Whether an operator may act now, and if not, why: only `in_force` may. */
export type OperatorState = (typeof operatorStates)[number];

export const assignmentStates = ['in_force', 'not_yet', 'unit_inactive', 'ended'] as const;
/** Whether an assignment gives something now, and if not, why. */
export type AssignmentState = (typeof assignmentStates)[number];
