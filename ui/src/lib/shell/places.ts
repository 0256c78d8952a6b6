import BuildingComplex from '@lucide/svelte/icons/building-complex';
import Cpu from '@lucide/svelte/icons/cpu';
import CreditCard from '@lucide/svelte/icons/credit-card';
import FileText from '@lucide/svelte/icons/file-text';
import IdCardLanyard from '@lucide/svelte/icons/id-card-lanyard';
import Inbox from '@lucide/svelte/icons/inbox';
import KeyRound from '@lucide/svelte/icons/key-round';
import KeySquare from '@lucide/svelte/icons/key-square';
import ListChecks from '@lucide/svelte/icons/list-checks';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import TextCursorInput from '@lucide/svelte/icons/text-cursor-input';
import UserCog from '@lucide/svelte/icons/user-cog';
import UsersRound from '@lucide/svelte/icons/users-round';

import type { Permission } from '#domain/permissions.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';
import type { Place } from '#lib/state/hotkeys.svelte.ts';
import { session } from '#lib/state/session.svelte.ts';

interface Group {
  title?: string;
  places: Place[];
}

type Guarded = Place & { any: Permission[] };

/** Every place, with the permissions of which one is enough to open it. */
function groups(): { title?: string; places: Guarded[] }[] {
  const t = i18n.t.nav;
  return [
    {
      places: [
        { key: 'h', label: t.home, href: '/', icon: Inbox, any: ['home.read'] },
        { key: 'r', label: t.requests, href: '/requests', icon: ListChecks, any: ['request.read'] },
        { key: 'p', label: t.holders, href: '/holders', icon: UsersRound, any: ['holder.read'] },
        { key: 'd', label: t.desk, href: '/desk', icon: Cpu, any: ['device.produce', 'device.deliver'] },
      ],
    },
    { title: t.credentials, places: [{ key: 'v', label: t.devices, href: '/devices', icon: CreditCard, any: ['device.read'] }] },
    {
      title: t.organisation,
      places: [
        { key: 'u', label: t.units, href: '/units', icon: BuildingComplex, any: ['unit.read'] },
        { key: 'o', label: t.operators, href: '/operators', icon: UserCog, any: ['operator.read'] },
        { key: 'y', label: t.roles, href: '/roles', icon: IdCardLanyard, any: ['role.read'] },
      ],
    },
    { title: t.oversight, places: [{ key: 'a', label: t.audit, href: '/audit', icon: ScrollText, any: ['audit.read'] }] },
    {
      title: t.system,
      places: [
        { key: 'f', label: t.fields, href: '/fields', icon: TextCursorInput, any: ['field.manage'] },
        { key: 'k', label: t.apiKeys, href: '/api-keys', icon: KeySquare, any: ['api_key.manage'] },
        { key: 'i', label: t.signInSources, href: '/sign-in-sources', icon: KeyRound, any: ['signin.manage'] },
        { key: 'l', label: t.logging, href: '/logging', icon: FileText, any: ['monitor.read'] },
      ],
    },
  ];
}

const opens = (place: Guarded) => place.any.some((permission) => session.can(permission));

/** The places of the console that this person may open; what is forbidden is absent. */
export const visibleGroups = (): Group[] =>
  groups()
    .map((group) => ({ ...group, places: group.places.filter(opens) }))
    .filter((group) => group.places.length > 0);

/** False for an address that this person's role does not show. */
export function mayOpen(pathname: string): boolean {
  if (pathname === '/requests/new') return session.can('request.create');
  if (['/operators/new', '/operators/import'].includes(pathname)) return session.can('operator.manage');
  const place = groups()
    .flatMap((g) => g.places)
    .find((p) => (p.href === '/' ? pathname === '/' : pathname.startsWith(p.href)));
  return place === undefined || opens(place);
}
