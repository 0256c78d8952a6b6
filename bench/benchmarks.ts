import type { Benchmark } from './benchmark.ts';
import { auditOverhead } from './p15-audit-overhead.ts';
import { auditVerification } from './p16-audit-verification.ts';
import { againstEjbca, bureauOverhead, bureauRate, expirySweep, exportAndImport } from './not-run.ts';
import { counters } from './p11-counters.ts';
import { crl } from './p20-crl.ts';
import { cardSession } from './p19-card-session.ts';
import { directIssuance } from './p03-direct-issuance.ts';
import { enrolment } from './p05-enrolment.ts';
import { hsmUse } from './p18-hsm-use.ts';
import { interactive } from './p12-interactive.ts';
import { listCost } from './p09-list-cost.ts';
import { listFlatness } from './p08-list-flatness.ts';
import { memory } from './p13-memory.ts';
import { ocsp } from './p20-ocsp.ts';
import { readyTime } from './p23-ready-time.ts';
import { requestCost } from './p06-request-cost.ts';
import { requestRate } from './p07-request-rate.ts';
import { search } from './p10-search.ts';
import { uiSpeed } from './p22-ui-speed.ts';
import { uiWeight } from './p21-ui-weight.ts';
import { visibleList } from './p24-visible-list.ts';

/** All of them, in the order of their ids. */
export const benchmarks: readonly Benchmark[] = [
  bureauOverhead,
  bureauRate,
  directIssuance,
  againstEjbca,
  enrolment,
  requestCost,
  requestRate,
  listFlatness,
  listCost,
  search,
  counters,
  interactive,
  memory,
  expirySweep,
  auditOverhead,
  auditVerification,
  exportAndImport,
  hsmUse,
  cardSession,
  crl,
  ocsp,
  uiWeight,
  uiSpeed,
  readyTime,
  visibleList,
];
