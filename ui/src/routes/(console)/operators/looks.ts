import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CirclePause from '@lucide/svelte/icons/circle-pause';
import CircleSlash from '@lucide/svelte/icons/circle-slash';
import DoorClosed from '@lucide/svelte/icons/door-closed';
import TimerOff from '@lucide/svelte/icons/timer-off';

import type { AssignmentState, OperatorState } from '#domain/operator-state.ts';
import type { Look } from '#lib/components/states.ts';

/** How the states of operators and of their roles look. */
export const looks: Record<OperatorState | AssignmentState, Look> = {
  in_force: ['good', CircleCheck],
  not_yet: ['idle', CalendarClock],
  ended: ['idle', TimerOff],
  unit_inactive: ['hold', DoorClosed],
  deactivated: ['hold', CirclePause],
  removed: ['bad', CircleSlash],
};
