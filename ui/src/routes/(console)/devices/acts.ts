import Ban from '@lucide/svelte/icons/ban';
import CirclePause from '@lucide/svelte/icons/circle-pause';
import CirclePlay from '@lucide/svelte/icons/circle-play';

import { revocable, suspendable } from '#domain/device-state.ts';
import type { DeviceRow } from '#lib/api/types.ts';
import type DeviceDialogs from '#lib/components/DeviceDialogs.svelte';
import type { Icon } from '#lib/components/states.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';
import { session } from '#lib/state/session.svelte.ts';

interface Act {
  id: string;
  key: string;
  label: string;
  icon: Icon;
  danger?: boolean;
  run: () => void;
}

/** What may be done with a device of the list, in its present state; the API checks again. */
export function deviceActs(row: DeviceRow, dialogs: DeviceDialogs | undefined): Act[] {
  const t = i18n.t.devices;
  const acts: Act[] = [];
  if (row.state !== 'suspended' && suspendable.includes(row.state) && session.can('device.suspend')) {
    acts.push({ id: 'suspend', key: 's', label: t.suspend, icon: CirclePause, run: () => dialogs?.suspend(row) });
  }
  if (row.state === 'suspended' && row.holds > 0 && session.can('device.reactivate')) {
    acts.push({ id: 'lift', key: 'l', label: t.reactivate, icon: CirclePlay, run: () => void dialogs?.lift(row) });
  }
  // Lost and stolen cards were revoked when they were declared so; the page of the card shows what is left.
  if (revocable.includes(row.state) && !['lost', 'stolen'].includes(row.state) && session.can('device.revoke')) {
    acts.push({ id: 'revoke', key: 'r', label: t.revoke, icon: Ban, danger: true, run: () => dialogs?.revoke(row) });
  }
  return acts;
}
