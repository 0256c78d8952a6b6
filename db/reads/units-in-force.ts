/** SQL over the rows of `units` under the alias `u`: what `unitState` of domain/unit.ts says of the unit alone. */
export const unitState = (u: string): string =>
  `case when not ${u}.active then 'closed' when ${u}.closes_at <= now() then 'ended' when ${u}.opens_at > now() then 'scheduled' else 'open' end`;

/** The unit by itself is open. */
export const unitOpen = (u: string): string =>
  `(${u}.active and (${u}.opens_at is null or ${u}.opens_at <= now()) and (${u}.closes_at is null or ${u}.closes_at > now()))`;

/**
 * What `unitInForce` says, for a condition on many units: what is closed above any unit is looked up once. Most closed units have none below them.
 */
export const closedAbove = (u: string): string => `${u}.path <@ any (array(
  select c.path from units c where not ${unitOpen('c')} and exists (select from units below where below.parent_id = c.id)))`;

/** The unit and every unit above it are open: whoever works there has effect. A closed unit closes all that is below it. */
export const unitInForce = (u: string): string => `not exists (select from units up where up.path @> ${u}.path and not ${unitOpen('up')})`;
