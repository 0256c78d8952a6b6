import type { LucideIcon } from '@lucide/svelte';
import Archive from '@lucide/svelte/icons/archive';
import Ban from '@lucide/svelte/icons/ban';
import Bookmark from '@lucide/svelte/icons/bookmark';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CirclePause from '@lucide/svelte/icons/circle-pause';
import CircleQuestionMark from '@lucide/svelte/icons/circle-question-mark';
import CircleSlash from '@lucide/svelte/icons/circle-slash';
import CircleX from '@lucide/svelte/icons/circle-x';
import Cpu from '@lucide/svelte/icons/cpu';
import FileBadge from '@lucide/svelte/icons/file-badge';
import FilePlus from '@lucide/svelte/icons/file-plus';
import HandHelping from '@lucide/svelte/icons/hand-helping';
import Hourglass from '@lucide/svelte/icons/hourglass';
import IdCard from '@lucide/svelte/icons/id-card';
import OctagonAlert from '@lucide/svelte/icons/octagon-alert';
import Package from '@lucide/svelte/icons/package';
import PackageCheck from '@lucide/svelte/icons/package-check';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import Replace from '@lucide/svelte/icons/replace';
import SearchX from '@lucide/svelte/icons/search-x';
import Send from '@lucide/svelte/icons/send';
import ShieldAlert from '@lucide/svelte/icons/shield-alert';
import Shredder from '@lucide/svelte/icons/shredder';
import SquareX from '@lucide/svelte/icons/square-x';
import Stamp from '@lucide/svelte/icons/stamp';
import TimerOff from '@lucide/svelte/icons/timer-off';
import Truck from '@lucide/svelte/icons/truck';
import Undo2 from '@lucide/svelte/icons/undo-2';
import ZapOff from '@lucide/svelte/icons/zap-off';

import type { CertificateState } from '#domain/certificate-state.ts';
import type { DeviceState } from '#domain/device-state.ts';
import type { RequestState } from '#domain/request-state.ts';

export type Icon = LucideIcon;
/** idle: nothing expected; move: on its way; wait: an answer is needed; good: in use; hold: stopped on purpose; bad: unusable. */
export type Tone = 'idle' | 'move' | 'wait' | 'good' | 'hold' | 'bad';
export type Look = readonly [Tone, Icon];

export const requestLooks: Record<RequestState, Look> = {
  draft: ['idle', PencilLine],
  submitted: ['move', Send],
  pending_approval: ['wait', Hourglass],
  approved: ['move', Stamp],
  in_production: ['move', Cpu],
  produced: ['move', PackageCheck],
  delivered: ['move', HandHelping],
  activated: ['good', CircleCheck],
  closed: ['idle', Archive],
  rejected: ['bad', CircleX],
  cancelled: ['idle', CircleSlash],
  expired: ['idle', TimerOff],
  failed: ['bad', OctagonAlert],
};

export const deviceLooks: Record<DeviceState, Look> = {
  in_stock: ['idle', Package],
  reserved: ['move', Bookmark],
  personalising: ['move', Cpu],
  personalised: ['move', IdCard],
  shipped: ['move', Truck],
  delivered: ['move', HandHelping],
  active: ['good', CircleCheck],
  suspended: ['hold', CirclePause],
  revoked: ['bad', Ban],
  lost: ['bad', SearchX],
  stolen: ['bad', ShieldAlert],
  damaged: ['bad', ZapOff],
  expired: ['idle', TimerOff],
  returned: ['idle', Undo2],
  destroyed: ['idle', Shredder],
  spoiled: ['bad', SquareX],
};

export const certificateLooks: Record<CertificateState, Look> = {
  requested: ['move', FilePlus],
  submitted: ['move', Send],
  issued: ['move', FileBadge],
  active: ['good', CircleCheck],
  on_hold: ['hold', CirclePause],
  revocation_pending: ['wait', Hourglass],
  unknown: ['wait', CircleQuestionMark],
  revoked: ['bad', Ban],
  failed: ['bad', OctagonAlert],
  expired: ['idle', TimerOff],
  superseded: ['idle', Replace],
};

/** In lists only these are filled: they need a person. */
export const filledInLists: readonly string[] = [
  'request.pending_approval',
  'request.failed',
  'certificate.failed',
  'certificate.unknown',
  'certificate.revocation_pending',
];
