import { variables, type VariableName } from './variables.ts';

/** A configuration as a person may see it: addresses without their password, PEM and PINs only as being there. */
export const redacted = (config: Partial<Record<VariableName, unknown>>): [VariableName, string][] =>
  (Object.entries(config) as [VariableName, unknown][])
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, shown(name, String(value))]);

function shown(name: VariableName, value: string): string {
  if (value.startsWith('-----BEGIN')) return '(set)';
  if (!variables[name].secret) return value;
  return URL.canParse(value) ? withoutPassword(new URL(value)) : '(set)';
}

function withoutPassword(url: URL): string {
  if (url.password) url.password = '***';
  return url.href;
}
