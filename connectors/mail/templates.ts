import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Eta } from 'eta';
import { z } from 'zod';

/** Values are one line: a line break in a name must not look like a paragraph of ours. */
const line = z.string().transform((value) => value.replace(/\s+/g, ' ').trim());

const common = { organisation: line, holderName: line, portalUrl: z.url({ protocol: /^https?$/ }) };
const device = z.strictObject({ ...common, serialEnding: line });

/** The mails that smartCMS sends, and what each needs to be written. `serialEnding`: the last digits of the card's serial. */
export const mailProps = {
  'activation-code': z.strictObject({ ...device.shape, code: line }),
  'device-activated': device,
  'device-suspended': device,
  'device-reactivated': device,
  'device-revoked': device,
  invitation: z.strictObject(common),
  'password-reset': z.strictObject(common),
  'password-changed': z.strictObject(common),
} as const;

export type MailName = keyof typeof mailProps;
export type MailProps<N extends MailName> = z.input<(typeof mailProps)[N]>;

export const mailLocales = ['it', 'en'] as const;
export type MailLocale = (typeof mailLocales)[number];

export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

type Values = Record<string, string>;
type Render = (values: Values) => string;

interface Template {
  subject: Render;
  blocks: { text: Render; html: Render }[];
}

const plain = new Eta({ autoEscape: false, autoTrim: false });
const escaping = new Eta({ autoEscape: true, autoTrim: false });
const folder = join(import.meta.dirname, 'templates');

/** Writes a mail in both forms. Throws if a value is missing, unknown, or of the wrong kind: that is a defect of the caller. */
export function renderMail<N extends MailName>(name: N, locale: MailLocale, props: MailProps<N>): RenderedMail {
  const values = mailProps[name].parse(props) as Values;
  const { subject, blocks } = template(name, locale);
  const title = subject(values);
  const body = { text: blocks.map(({ text }) => text(values)).join('\n\n'), html: blocks.map(({ html }) => html(values)).join('\n') };
  return { subject: title, text: `${body.text}\n`, html: layout()({ ...values, locale, title, body: body.html }) };
}

const cache = new Map<string, Template>();

function template(name: MailName, locale: MailLocale): Template {
  const file = `${name}.${locale}.eta`;
  const known = cache.get(file);
  if (known) return known;
  const made = parseTemplate(readFileSync(join(folder, file), 'utf8'));
  cache.set(file, made);
  return made;
}

/**
 * `subject: ...` between lines of three dashes, then blocks parted by empty lines. A block that begins with `# ` is a code to be typed, one
 * that begins with `> ` is a button, `> label: address`. Blocks are told apart before any value is filled in.
 */
function parseTemplate(source: string): Template {
  const [, subject, body] = /^---\nsubject: (.+)\n---\n([\s\S]+)$/.exec(source) ?? [];
  if (subject === undefined || body === undefined) throw new Error('a mail template begins with its subject between lines of three dashes');
  return {
    subject: compile(plain, subject),
    blocks: body
      .trim()
      .split(/\n{2,}/)
      .map(block),
  };
}

function block(source: string): Template['blocks'][number] {
  const [, mark, content] = /^([#>] )?([\s\S]*)$/.exec(source) as unknown as [string, string | undefined, string];
  const html = compile(escaping, content);
  if (mark === '# ') return { text: compile(plain, `    ${content}`), html: (values) => htmlOf.code(html(values)) };
  if (mark !== '> ') return { text: compile(plain, content), html: (values) => htmlOf.paragraph(html(values)) };
  return { text: compile(plain, content), html: buttonOf(content) };
}

function buttonOf(content: string): Render {
  const at = content.indexOf(': ');
  const label = compile(escaping, content.slice(0, at));
  const address = compile(escaping, content.slice(at + 2));
  return (values) => htmlOf.button(label(values), address(values));
}

const htmlOf = {
  paragraph: (content: string) => `<p style="margin:0 0 16px">${content}</p>`,
  code: (content: string) =>
    `<p style="margin:0 0 16px;padding:14px;border-radius:8px;background:#eef2f7;text-align:center;font:600 24px/1.3 Consolas,Menlo,monospace;letter-spacing:3px">${content}</p>`,
  button: (label: string, address: string) =>
    `<p style="margin:24px 0"><a href="${address}" style="display:inline-block;padding:12px 22px;border-radius:8px;background:#1d4f91;color:#ffffff;font-weight:600;text-decoration:none">${label}</a></p>`,
};

function compile(eta: Eta, source: string): Render {
  const compiled = eta.compile(source);
  return (values) => eta.render(compiled, values);
}

let compiledLayout: Render | undefined;

const layout = (): Render => (compiledLayout ??= compile(escaping, readFileSync(join(folder, 'layout.eta'), 'utf8')));
