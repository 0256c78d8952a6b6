import type { en } from './en.ts';
import { account } from './it/account.ts';
import { apiKeys } from './it/api-keys.ts';
import { audit } from './it/audit.ts';
import { devices } from './it/devices.ts';
import { fields, files } from './it/fields.ts';
import { home } from './it/home.ts';
import { logging } from './it/logging.ts';
import { operators } from './it/operators.ts';
import { permissions } from './it/permissions.ts';
import { portal } from './it/portal.ts';
import { bounds, messages, problems } from './it/problems.ts';
import { desk, holder, holders, newRequest, request, requests } from './it/requests.ts';
import { roles } from './it/roles.ts';
import { act, app, field, keys, list, nav, oops, palette, time } from './it/shell.ts';
import { signIn } from './it/sign-in.ts';
import { signInSources } from './it/sign-in-sources.ts';
import { causes, models, states, steps, waits } from './it/states.ts';
import { units } from './it/units.ts';

/** Italian, in the shape of the English dictionary. */
export const it: typeof en = {
  account,
  act,
  apiKeys,
  app,
  audit,
  bounds,
  causes,
  desk,
  devices,
  field,
  fields,
  files,
  holder,
  holders,
  home,
  keys,
  list,
  logging,
  messages,
  models,
  nav,
  newRequest,
  oops,
  operators,
  palette,
  permissions,
  portal,
  problems,
  request,
  requests,
  roles,
  signIn,
  signInSources,
  states,
  steps,
  time,
  units,
  waits,
};
