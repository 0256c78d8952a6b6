import { lineLevels, logModules } from '#domain/logging.ts';
import type { Filter } from '#lib/components/filters.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';

/** What the lines can be narrowed by. */
export const logFilters = (): Filter[] => {
  const t = i18n.t.logging;
  return [
    { kind: 'choice', name: 'level', label: t.level, options: lineLevels.map((value) => ({ value, label: t.levelNames[value] })) },
    { kind: 'choice', name: 'module', label: t.module, options: logModules.map((value) => ({ value, label: t.modules[value] })) },
    { kind: 'text', name: 'requestId', label: t.requestId },
  ];
};
