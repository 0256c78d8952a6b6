import Cpu from '@lucide/svelte/icons/cpu';
import CreditCard from '@lucide/svelte/icons/credit-card';
import Inbox from '@lucide/svelte/icons/inbox';
import ListChecks from '@lucide/svelte/icons/list-checks';
import ScrollText from '@lucide/svelte/icons/scroll-text';

import type { Permission } from '#domain/permissions.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';
import type { Place } from '#lib/state/hotkeys.svelte.ts';
import { session } from '#lib/state/session.svelte.ts';

interface Group {
  title?: string;
  places: Place[];
}

/** The places of the console that this person may open; what is forbidden is absent. */
export function visibleGroups(): Group[] {
  const t = i18n.t.nav;
  const all: { title?: string; places: (Place & { any: Permission[] })[] }[] = [
    {
      places: [
        { key: 'h', label: t.home, href: '/', icon: Inbox, any: ['home.read'] },
        { key: 'r', label: t.requests, href: '/requests', icon: ListChecks, any: ['request.read'] },
        { key: 'd', label: t.desk, href: '/desk', icon: Cpu, any: ['device.produce', 'device.deliver'] },
      ],
    },
    { title: t.credentials, places: [{ key: 'v', label: t.devices, href: '/devices', icon: CreditCard, any: ['device.read'] }] },
    { title: t.oversight, places: [{ key: 'a', label: t.audit, href: '/audit', icon: ScrollText, any: ['audit.read'] }] },
  ];
  return all
    .map((group) => ({ ...group, places: group.places.filter((p) => p.any.some((permission) => session.can(permission))) }))
    .filter((group) => group.places.length > 0);
}
