import { progress } from '../progress.ts';
import type { Crew, Officer } from './crew.ts';
import { inParallel } from '../../domain/in-parallel.ts';
import { issueRow, type RowOutcome } from './issue-row.ts';
import type { PersonRow, RefusedRow } from './person-row.ts';
import { reportOf, type Report } from './report.ts';
import { verdicts, type Verdict } from './verdicts.ts';

export interface IssueRows {
  good: readonly PersonRow[];
  bad: readonly RefusedRow[];
  crew: Crew;
  validationUrl: string;
  station: string | undefined;
  jobs: number;
}

/** Issues the good rows with a progress bar and verifies every chain. The first Ctrl-C ends it after the rows that are on their way. */
export async function issueRows({ good, bad, crew, validationUrl, station, jobs }: IssueRows): Promise<Report> {
  const outcomes: RowOutcome[] = [];
  const bar = progress(good.length);
  const interrupt = interruptible();
  await inParallel(good, { jobs, signal: interrupt.signal }, async (row) => {
    outcomes.push(await issueRow(row, crew, station));
    bar.advance(note(outcomes, bad.length));
  });
  bar.end();
  interrupt.end();
  const checked = await verify(outcomes, crew, validationUrl);
  return reportOf({ outcomes, bad, notStarted: good.length - outcomes.length, ...checked });
}

/** One Ctrl-C arrives twice: from the terminal, and from npm, which passes on what the terminal has told everybody. */
const SAME_PRESS_MS = 500;

/** The second Ctrl-C has its usual effect. */
function interruptible() {
  const controller = new AbortController();
  let pressedAt = 0;
  const end = () => process.off('SIGINT', onPress);
  const onPress = () => {
    if (pressedAt === 0) {
      process.stderr.write('\nFinishing the cards that are on their way; Ctrl-C again leaves them as they are.\n');
      pressedAt = Date.now();
      controller.abort();
    } else if (Date.now() - pressedAt > SAME_PRESS_MS) {
      end();
      process.kill(process.pid, 'SIGINT');
    }
  };
  process.on('SIGINT', onPress);
  return { signal: controller.signal, end };
}

function note(outcomes: readonly RowOutcome[], bad: number): string {
  const count = (outcome: RowOutcome['outcome']) => outcomes.filter((o) => o.outcome === outcome).length;
  const skipped = count('skipped');
  return `${count('issued')} issued, ${count('refused') + bad} refused${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Not being able to verify (no openssl, nothing published) is said, and hides no card that was made. */
async function verify(outcomes: readonly RowOutcome[], crew: Crew, validationUrl: string) {
  const none = new Map<string, Verdict>();
  const ids = outcomes.filter((o) => o.outcome !== 'refused').flatMap((o) => o.certificates);
  const [reader] = crew.approvers;
  if (ids.length === 0 || !reader) return { verdicts: none, unverified: null };
  try {
    const certificates = new Map<string, string>();
    await inParallel(ids, { jobs: 4 }, async (id) => void certificates.set(id, await pemOf(crew.approvers, id)));
    return { verdicts: await verdicts({ validationUrl, certificates }), unverified: null };
  } catch (error) {
    return { verdicts: none, unverified: (error as Error).message };
  }
}

/** From the first approver who may see it. */
async function pemOf([first, ...others]: readonly Officer[], id: string): Promise<string> {
  if (!first) throw new Error('No approver sees the certificates, so the chains were not verified.');
  try {
    return await first.client.text(`/certificates/${id}/pem`);
  } catch (error) {
    if (others.length === 0) throw error;
    return pemOf(others, id);
  }
}
