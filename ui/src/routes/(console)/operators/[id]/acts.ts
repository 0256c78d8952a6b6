import CirclePause from '@lucide/svelte/icons/circle-pause';
import CirclePlay from '@lucide/svelte/icons/circle-play';
import KeyRound from '@lucide/svelte/icons/key-round';
import Mail from '@lucide/svelte/icons/mail';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import ShieldOff from '@lucide/svelte/icons/shield-off';
import UserX from '@lucide/svelte/icons/user-x';

import type { Operator } from '#lib/api/types.ts';
import type { Icon } from '#lib/components/states.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';

import type OperatorDialogs from './OperatorDialogs.svelte';

interface Act {
  id: string;
  key: string;
  label: string;
  icon: Icon;
  kind: 'plain' | 'primary' | 'danger';
  /** Behind the menu. */
  rare?: boolean;
  run: () => void;
}

/** What may be done with an operator in their present state; the API checks again, also who asks. */
export function operatorActs(operator: Operator, dialogs: OperatorDialogs | undefined): Act[] {
  const t = i18n.t.operators;
  const open = (which: Parameters<OperatorDialogs['show']>[0]) => () => dialogs?.show(which, operator);
  const back: Act = { id: 'reactivate', key: 'a', label: t.reactivate, icon: CirclePlay, kind: 'primary', run: open('reactivate') };
  if (operator.state === 'removed') return [back];
  const off: Act = { id: 'deactivate', key: 'd', label: t.deactivate, icon: CirclePause, kind: 'plain', run: open('deactivate') };
  return [
    { id: 'remove', key: 'x', label: t.remove, icon: UserX, kind: 'danger', rare: true, run: open('remove') },
    { id: 'password', key: 'p', label: t.firstPassword, icon: KeyRound, kind: 'plain', rare: true, run: open('password') },
    { id: 'factors', key: 'f', label: t.resetFactors, icon: ShieldOff, kind: 'plain', rare: true, run: open('factors') },
    { id: 'invite', key: 'i', label: t.invite, icon: Mail, kind: 'plain', rare: operator.hasPassword, run: open('invite') },
    operator.state === 'deactivated' ? back : off,
    { id: 'edit', key: 'e', label: t.edit, icon: PencilLine, kind: 'plain', run: open('edit') },
  ];
}
