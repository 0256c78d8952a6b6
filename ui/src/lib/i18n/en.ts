import { account } from './en/account.ts';
import { apiKeys } from './en/api-keys.ts';
import { audit } from './en/audit.ts';
import { devices } from './en/devices.ts';
import { fields, files } from './en/fields.ts';
import { home } from './en/home.ts';
import { logging } from './en/logging.ts';
import { operators } from './en/operators.ts';
import { permissions } from './en/permissions.ts';
import { portal } from './en/portal.ts';
import { bounds, messages, problems } from './en/problems.ts';
import { desk, holder, holders, newRequest, request, requests } from './en/requests.ts';
import { roles } from './en/roles.ts';
import { act, app, field, keys, list, nav, oops, palette, time } from './en/shell.ts';
import { signIn } from './en/sign-in.ts';
import { signInSources } from './en/sign-in-sources.ts';
import { causes, models, states, steps, waits } from './en/states.ts';
import { units } from './en/units.ts';

/** English: the dictionary whose shape all others have. */
export const en = {
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
