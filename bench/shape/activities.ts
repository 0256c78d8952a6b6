import type { ShapeInput } from './workflows.ts';

type Step = (input: ShapeInput) => Promise<void>;
export type ShapeActivities = Record<
  'openRequest' | 'recordDecision' | 'beginProduction' | 'personalise' | 'certify' | 'writeAndVerify' | 'completeProduction',
  Step
>;

const empty: Step = () => Promise.resolve();

/** They do nothing; whoever leads the shapes hears of the last. */
export const shapeActivities = (completed: (id: string) => void): ShapeActivities => ({
  ...{ openRequest: empty, recordDecision: empty, beginProduction: empty, personalise: empty, certify: empty, writeAndVerify: empty },
  completeProduction: async ({ id }) => completed(id),
});
