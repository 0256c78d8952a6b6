/** The step journal of one card, in order. A step is done once; a production resumes at the first that is not. */
export const productionSteps = ['reserve', 'codes', 'initialise', 'keys', 'certify', 'write', 'files', 'verify', 'mailer'] as const;
export type ProductionStep = (typeof productionSteps)[number];

export const productionStates = ['running', 'stopped', 'completed', 'spoiled'] as const;
export type ProductionState = (typeof productionStates)[number];

export const stepStates = ['waiting', 'running', 'done', 'stopped'] as const;
export type StepState = (typeof stepStates)[number];
