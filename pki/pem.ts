import { failure } from '../domain/errors.ts';

/** PEM text of RFC 7468: lines of 64 characters. */
export function encodePem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** DER of the one PEM block in `text` with this label. Refuses other labels, a second block and characters outside base64. */
export function decodePem(label: string, text: string): Buffer {
  const match = /^\s*-----BEGIN ([A-Z0-9 ]+)-----\s([A-Za-z0-9+/=\s]+)-----END \1-----\s*$/.exec(text);
  if (match?.[1] !== label)
    throw failure('invalid_input', `This is not a PEM block "${label}". Paste it whole, with its first and last line.`);
  const base64 = (match[2] ?? '').replace(/\s/g, '');
  const der = Buffer.from(base64, 'base64');
  if (der.toString('base64') !== base64) throw failure('invalid_input', `The PEM block "${label}" is damaged. Copy it again.`);
  return der;
}
