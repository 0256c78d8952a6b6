import knex from 'knex';

import { readEnvironment as readOf } from '../../../connectors/environment/environment.ts';
import { mailProps, renderMail, type MailName } from '../../../connectors/mail/templates.ts';
import { pdfRenderer } from '../../../connectors/printer/pdf.ts';
import type { PinMailer } from '../../../connectors/printer/printer.ts';
import { noFields } from '../../../domain/field-definition.ts';
import { checkRows } from '../../../cli/issue/person-row.ts';
import { columns, readPeople } from '../../../cli/issue/people-file.ts';
import { onePage, type SortKey } from '../../../db/reads/keyset.ts';
import { matching } from '../../../db/reads/search.ts';
import { HolderData } from '../../../domain/holder.ts';
import { luhnValid, withLuhn } from '../../../domain/luhn.ts';
import { pinProblem } from '../../../domain/pin.ts';
import { taxCodeProblem } from '../../../domain/tax-code.ts';
import { mutateBytes, mutateText } from '../mutate.ts';
import type { Random } from '../random.ts';
import type { Target } from '../target.ts';

const target = <T>(one: Target<T>): Target => one as Target;
const from =
  (...texts: string[]) =>
  (random: Random) =>
    mutateText(random.pick(texts), random);

/** What people and files bring as text. */
export const textTargets = (): Target[] => [
  target({ name: 'file of people (CSV)', make: peopleFile, parse: readFile, refusals: ['UsageError'] }),
  target({ name: 'Luhn', make: from('6090123412341234', '79927398713'), parse: luhnValid, refusals: [], judge: judgeLuhn }),
  target({
    name: 'tax code',
    make: from('RSSMRA85T10A562S', 'VLRNNA85D52H501T'),
    parse: taxCodeProblem,
    refusals: [],
    judge: judgeTaxCode,
  }),
  target({ name: 'PIN', make: from('739154', '12341234'), parse: pinProblem, refusals: [], judge: judgePin }),
  target({ name: 'cursor', make: cursor, parse: readCursor, refusals: ['malformed_request'] }),
  target({
    name: 'search',
    make: from('anna rossi', '100%_\\'),
    parse: (text) => matching(sql('t').select(), 'search', text).toSQL(),
    refusals: [],
    judge: judgeSearch,
  }),
  target({ name: 'environment', make: environment, parse: readEnvironment, refusals: [] }),
  target({ name: 'mail', make: mail, parse: ({ name, props }) => renderMail(name, 'it', props as never), refusals: [], judge: judgeMail }),
  target({
    name: 'PIN mailer (PDF)',
    make: mailer,
    parse: (one) => pdfRenderer().pinMailer(one as PinMailer),
    refusals: [],
    judge: judgePdf,
    share: 1_000,
    limitMs: 5_000,
  }),
];

const person = "Łucja,D'Angelo,1985-12-10,Bologna,RSSMRA85T10A562S,anna@example.it,passport,YA1,Questura,2036-01-01,OSL,staff-card";
const file = `${columns.join(',')}\n${person}\n"${person.replaceAll(',', '","')}"\n`;
const catalogue = {
  units: [{ code: 'OSL', kind: 'office' }],
  profiles: [{ code: 'staff-card', model: 'desk' }],
  fields: noFields.set,
  today: '2026-11-24',
};

function peopleFile(random: Random): Buffer {
  const variant = random.pick([file, file.replaceAll(',', ';'), `\ufeff${file.replaceAll('\n', '\r\n')}`]);
  return random.chance(2) ? Buffer.from(mutateText(variant, random)) : mutateBytes(Buffer.from(variant), random);
}

const readFile = (bytes: Buffer) => checkRows(readPeople(bytes), catalogue as unknown as Parameters<typeof checkRows>[1]);

/** Every digit counts: with the right check digit it is valid, with any other it is not. */
function judgeLuhn(text: string, valid: boolean): void {
  if (valid !== (/^\d{2,}$/.test(text) && withLuhn(text.slice(0, -1)) === text)) throw new Error('the check digit is another');
  const wrong = text.slice(0, -1) + String((Number(text.at(-1)) + 1) % 10);
  if (valid && luhnValid(wrong)) throw new Error('two check digits are right');
}

/** The schema and the rule are of one mind, and what is valid is sixteen capital letters and digits. */
function judgeTaxCode(text: string, problem: string | undefined): void {
  const parsed = HolderData.shape.taxCode.safeParse(text);
  if (problem === undefined && (!/^[A-Z0-9]{16}$/.test(text) || parsed.data !== text)) throw new Error('no tax code');
  if (parsed.success && taxCodeProblem(parsed.data) !== undefined) throw new Error('the schema takes what the rule does not');
}

function judgePin(text: string, problem: string | undefined): void {
  if (problem === undefined && !/^[0-9]{6,8}$/.test(text)) throw new Error('no PIN');
}

const sql = knex({ client: 'pg' });
const keys: SortKey[] = (['timestamptz', 'text', 'bigint'] as const).map((type) => ({
  column: 't.key',
  id: 't.id',
  type,
  direction: 'asc',
}));
const id = '0199a1c2-0000-7000-8000-000000000001';

function cursor(random: Random): { key: SortKey; cursor: string } {
  const key = random.pick(['2026-11-24 10:00:00.123456+00', '17', 'T-2026-000001']);
  const json = mutateText(JSON.stringify([random.chance(2) ? key : mutateText(key, random), id]), random);
  return { key: random.pick(keys), cursor: random.chance(4) ? mutateText(json, random) : Buffer.from(json).toString('base64url') };
}

const readCursor = ({ key, cursor }: { key: SortKey; cursor: string }) => onePage(sql('t'), key, { cursor }).toSQL();

/** Whatever was typed is a value, never a part of the statement. */
function judgeSearch(_: string, { sql: statement }: { sql: string }): void {
  if (!/^select \* from "t"( (where|and) search like \?)*$/.test(statement)) throw new Error(statement);
}

const right: Record<string, string> = {
  DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/smartcms',
  AUDIT_DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/audit',
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  TEMPORAL_NAMESPACE: 'smartcms',
  PKCS11_MODULE: '/usr/lib/softhsm/libsofthsm2.so',
  HSM_TOKEN: 'smartcms',
  HSM_PIN_FILE: '/dev/null',
  PUBLIC_URL: 'https://cms.example.it',
  VALIDATION_URL: 'http://pki.example.it',
  API_PORT: '8080',
  LOG_LEVEL: 'info',
};

function environment(random: Random): Record<string, string> {
  const name = random.pick(Object.keys(right));
  return { ...right, [name]: mutateText(right[name] ?? '', random) };
}

/** A wrong environment stops the process with a sentence that names the variable: any other error is a defect. */
function readEnvironment(env: Record<string, string>): unknown {
  try {
    return readOf('api', env);
  } catch (error) {
    if (error instanceof Error && /^The environment is not right:\n {2}[A-Z][A-Z0-9_]*: /.test(error.message)) return undefined;
    throw error;
  }
}

interface Mail {
  name: MailName;
  props: Record<string, string>;
}

function mail(random: Random): Mail {
  const some = (text: string) => mutateText(text, random);
  const name = random.pick(Object.keys(mailProps) as MailName[]);
  const props = {
    organisation: some('Regione Aurelia'),
    holderName: some("Łucja D'Angelo"),
    serialEnding: some('1234'),
    portalUrl: 'https://cms.example.it/my',
    code: some('ABCD-EFGH-JK'),
  };
  return { name, props: Object.fromEntries(Object.entries(props).filter(([prop]) => prop in mailProps[name].shape)) };
}

/** No value becomes markup, a header or a line of its own. */
function judgeMail({ props }: Mail, { subject, html }: { subject: string; html: string }): void {
  if (/[\r\n]/.test(subject)) throw new Error('the subject has two lines');
  if (/<img|<script/i.test(html)) throw new Error('a value became markup');
  if (props.holderName?.includes('<') && /D'Angelo</.test(html)) throw new Error('a name ends an element');
}

function mailer(random: Random) {
  const some = (text: string) => mutateText(text, random);
  return {
    locale: random.pick(['it', 'en'] as const),
    ...{ organisation: some('Regione Aurelia'), holderName: some("Łucja D'Angelo"), portalUrl: some('https://cms.example.it/my') },
    ...{ envelope: '4000000000012', deviceSerial: '6090123412341234', pin: '739154', puk: '83920174' },
  };
}

function judgePdf(_: unknown, pdf: Buffer): void {
  if (!pdf.subarray(0, 5).equals(Buffer.from('%PDF-')) || !pdf.subarray(-6).includes('%%EOF')) throw new Error('no PDF');
  if (pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length !== 1) throw new Error('more than one page');
}
