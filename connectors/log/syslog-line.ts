import type { LogEntry } from '../../domain/logging.ts';

/** Facility local0 (16) and the severity of RFC 5424 6.2.1. */
const priority = { debug: 135, info: 134, warn: 132, error: 131 };

/** RFC 5424 7.2.2: a private SD-ID carries an enterprise number; 32473 is the one that RFC 5612 leaves for everybody. */
const sdId = 'smartcms@32473';

/**
 * One entry as RFC 5424. What a message holds cannot end the record nor begin another: control characters leave escaped, and the record goes in a
 * frame that says its length.
 */
export function syslogLine({ level, at, host, process, pid, module, requestId, message, detail }: LogEntry): string {
  const header = `<${priority[level]}>1 ${at} ${name(host, 255)} ${name(`smartcms-${process}`, 48)} ${pid} ${name(module, 32)}`;
  const data = [parameter('module', module), ...(requestId ? [parameter('requestId', requestId)] : [])];
  const more = Object.keys(detail).length > 0 ? ` ${JSON.stringify(detail)}` : '';
  return `${header} [${[sdId, ...data].join(' ')}] \ufeff${printable(message + more)}`;
}

/** RFC 6587 3.4.1 and RFC 5425 4.3: octet counting, the only framing that TLS allows. */
export function framed(line: string): Buffer {
  const octets = Buffer.from(line);
  return Buffer.concat([Buffer.from(`${octets.length} `), octets]);
}

/** PRINTUSASCII of limited length. */
const name = (text: string, length: number): string => text.replaceAll(/[^\x21-\x7e]/g, '_').slice(0, length) || '-';

/** RFC 5424 6.3.3: the three characters that are escaped in a value. */
const parameter = (key: string, value: string): string => `${key}="${printable(value).replaceAll(/[\\"\]]/g, String.raw`\$&`)}"`;

/** C0, DEL, C1 and the separators of Unicode, which some viewers break lines at. */
const printable = (text: string): string =>
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
