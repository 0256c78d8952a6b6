import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { failure } from '../../domain/errors.ts';
import type { KeySpec } from '../../domain/signer.ts';
import type { Pkcs11Module } from '../hsm/pkcs11-module.ts';
import { initialiseModule, mapLibrary, quietly } from '../hsm/pkcs11-module.ts';
import { callQueue } from './call-queue.ts';
import type { CardSession, VirtualReader } from './card.ts';
import type { Chip } from './card-secrets.ts';
import { CardToken } from './card-token.ts';
import { pkcs11Card } from './pkcs11-card.ts';
import { retryCounters } from './retry-counters.ts';

export interface VirtualReaderConfig {
  /** Name of the reader, as the station shows it. */
  name: string;
  /** Where the cards are: one directory each, named by serial. */
  cardDir: string;
  /** Path of the SoftHSM module. */
  module: string;
  /** Scratch space of this reader; nothing in it needs to be kept. */
  workDir: string;
}

const keySpecs: KeySpec[] = ['P-256', 'P-384', 'RSA-2048', 'RSA-3072'];
/** Names a directory: nothing else than letters, digits and inner hyphens. */
const SERIAL = /^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/;

/** Cards that are in a reader of this process: a card cannot be in two readers. */
const inserted = new Map<string, string>();

/**
 * A reader whose cards are SoftHSM tokens in files. It has a copy of the library of its own, because the state of a PKCS#11 module
 * belongs to the library: so readers and the HSM are independent of each other in one process. Main thread only (`process.env`).
 */
export async function openVirtualReader(config: VirtualReaderConfig): Promise<VirtualReader> {
  mkdirSync(config.cardDir, { recursive: true });
  mkdirSync(config.workDir, { recursive: true });
  return new SoftHsmReader(config, ownCopy(config));
}

/** Mapped, then removed: the name is new each time, or the loader would return the library it knows under that name. */
function ownCopy({ module, workDir }: VirtualReaderConfig): Pkcs11Module {
  const copy = join(workDir, `reader-${randomUUID()}.so`);
  copyFileSync(module, copy);
  try {
    return mapLibrary(copy);
  } finally {
    rmSync(copy);
  }
}

class SoftHsmReader implements VirtualReader {
  readonly name: string;
  readonly capabilities = { initialise: true, generateKey: true, unblock: true, keySpecs };
  private readonly config: VirtualReaderConfig;
  private readonly module: Pkcs11Module;
  private readonly settings: string;
  /** Written into the directory of the card that is in: who inserts it elsewhere, also in another process, has taken it out here. */
  private readonly mark = randomUUID();
  /** One `withCard` at a time. */
  private readonly sessions = callQueue();
  /** One movement of a card, or one call to it, at a time: a card is never pulled inside a call. */
  private readonly calls = callQueue();
  private chip: Chip | undefined;

  constructor(config: VirtualReaderConfig, module: Pkcs11Module) {
    this.name = config.name;
    this.config = config;
    this.module = module;
    // One file for all cards of the reader: each new value of an environment variable would stay in memory for ever.
    this.settings = join(config.workDir, `reader-${randomUUID()}.conf`);
  }

  async present(): Promise<string | undefined> {
    return this.chip && this.isIn(this.chip) ? this.chip.serial : undefined;
  }

  insert(serial: string): Promise<void> {
    return this.calls(async () => {
      if (!SERIAL.test(serial)) throw failure('card_fault', 'A card serial has letters, digits and hyphens only.');
      this.eject();
      this.occupy(serial);
      try {
        mkdirSync(this.tokenDir(serial), { recursive: true });
        writeFileSync(this.markFile(serial), this.mark);
        this.powerOn(serial);
        this.chip = this.chipOf(serial);
      } finally {
        if (!this.chip) inserted.delete(this.cardPath(serial));
      }
    });
  }

  private occupy(serial: string): void {
    const reader = inserted.get(this.cardPath(serial));
    if (reader !== undefined) throw failure('card_absent', `The card is in reader ${reader}. Pull it there first.`);
    inserted.set(this.cardPath(serial), this.name);
  }

  pull(): Promise<void> {
    return this.calls(async () => this.eject());
  }

  private eject(): void {
    if (!this.chip) return;
    inserted.delete(this.cardPath(this.chip.serial));
    this.chip = undefined;
    quietly(() => this.module.C_Finalize());
  }

  private chipOf(serial: string): Chip {
    const countersFile = join(this.cardPath(serial), 'retry-counters.json');
    const counters = retryCounters(countersFile);
    const token = new CardToken(this.module, counters);
    const wipe = () => {
      token.close();
      this.module.C_Finalize();
      rmSync(this.tokenDir(serial), { recursive: true, force: true });
      rmSync(countersFile, { force: true });
      mkdirSync(this.tokenDir(serial), { recursive: true });
      this.powerOn(serial);
    };
    return { serial, token, counters, wipe };
  }

  /** SoftHSM reads its settings in C_Initialize only; the variable goes back at once, because the HSM of this process has its own. */
  private powerOn(serial: string): void {
    writeFileSync(this.settings, `directories.tokendir = ${this.tokenDir(serial)}\nobjectstore.backend = file\nlog.level = ERROR\n`);
    const before = process.env['SOFTHSM2_CONF'];
    process.env['SOFTHSM2_CONF'] = this.settings;
    try {
      initialiseModule(this.module);
    } finally {
      if (before === undefined) delete process.env['SOFTHSM2_CONF'];
      else process.env['SOFTHSM2_CONF'] = before;
      rmSync(this.settings);
    }
  }

  withCard<T>(serial: string, work: (card: CardSession) => Promise<T>): Promise<T> {
    return this.sessions(async () => {
      const chip = this.chip;
      if (!chip || !this.isIn(chip)) throw absent();
      if (chip.serial !== serial) throw failure('card_mismatch', 'Another card is in the reader. Insert the one that the screen names.');
      try {
        return await work(
          pkcs11Card(chip, (call) => this.calls(() => (this.chip === chip && this.isIn(chip) ? call() : Promise.reject(absent())))),
        );
      } finally {
        await this.release(chip);
      }
    });
  }

  /** A verified PIN does not outlive its session. */
  private release(chip: Chip): Promise<void> {
    return this.calls(async () => {
      if (this.chip === chip) chip.token.close();
    });
  }

  private isIn({ serial }: Chip): boolean {
    try {
      return readFileSync(this.markFile(serial), 'utf8') === this.mark;
    } catch {
      return false;
    }
  }

  private markFile(serial: string): string {
    return join(this.cardPath(serial), 'reader');
  }

  private cardPath(serial: string): string {
    return join(this.config.cardDir, serial);
  }

  private tokenDir(serial: string): string {
    return join(this.cardPath(serial), 'token');
  }
}

const absent = () => failure('card_absent', 'No card in the reader. Insert the card.');
