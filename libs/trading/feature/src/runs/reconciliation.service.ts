import { Injectable } from '@nestjs/common';
import type { Transaction } from '@sluice/postgres';
import {
  RunResourceRepository,
  TopPicksRunWriter,
  type RunAgreement,
  type RunWitness,
} from '@sluice/trading-persistence';
import { LegacyDirectory } from '../legacy-directory';
import { readRunFiles, type RunFile } from './run-files';
import { NoLegacyDirectoryError } from './runs.errors';

/** Where a file and the stored runs do not agree. */
export interface RunDifference {
  readonly file: string;
  /** The run that the file names, or the stored one; null where there is none. */
  readonly run_id: string | null;
  readonly what: string;
}

export interface AddedRun {
  readonly file: string;
  /** Null in a dry run: the run is not stored. */
  readonly run_id: string | null;
}

export interface Reconciliation {
  readonly dry_run: boolean;
  readonly files: number;
  /** Files whose run is stored, or archived, and agrees in every respect. */
  readonly agreeing: number;
  readonly added: readonly AddedRun[];
  readonly differences: readonly RunDifference[];
}

/** What the files say, before anything is added. */
export interface RunComparison {
  readonly files: number;
  readonly agreeing: number;
  readonly differences: readonly RunDifference[];
  /** Runs whose store failed: a file tells of them and no row does. */
  readonly unstored: readonly RunFile[];
}

/** Runs that one request adds at most; what is left is found by the next one. */
const MAX_ADDED = 200;

/**
 * Compares the run files of the legacy backend with the stored runs. A file is written whether or not its run was stored,
 * so that a run whose store failed is known by its file alone: the file then names no `run_id`.
 */
@Injectable()
export class ReconciliationService {
  constructor(
    private readonly runs: RunResourceRepository,
    private readonly writer: TopPicksRunWriter,
    private readonly legacy: LegacyDirectory,
  ) {}

  /** Reads every file; changes nothing. Throws `TRADING_NO_LEGACY_DIR`. */
  async compare(): Promise<RunComparison> {
    if (this.legacy.path === null) throw new NoLegacyDirectoryError();
    const [differences, unstored]: [RunDifference[], RunFile[]] = [[], []];
    const told = new Set<string>();
    let [files, agreeing] = [0, 0];
    for await (const one of readRunFiles(this.legacy.path)) {
      files += 1;
      if ('problem' in one) {
        differences.push({ file: one.file, run_id: null, what: one.problem });
        continue;
      }
      const found = await this.runs.findWitnessed(one.witness);
      if (found) {
        const unlike = differencesOf(one, found);
        differences.push(...unlike);
        agreeing += Number(unlike.length === 0);
      } else if (one.witness.runId !== null) {
        differences.push({ file: one.file, run_id: one.witness.runId, what: 'the run that it names is not stored' });
      } else if (!told.has(nameOf(one.witness)) && unstored.length < MAX_ADDED) {
        told.add(nameOf(one.witness));
        unstored.push(one);
      }
    }
    return { files, agreeing, differences, unstored };
  }

  /** Adds the runs that no row tells of, with the trigger `file`, as of the end of each. One that was added meanwhile is not. */
  async add(tx: Transaction, { unstored, ...comparison }: RunComparison): Promise<Reconciliation> {
    await this.runs.lockReconciliation(tx);
    const added: AddedRun[] = [];
    for (const { file, witness, result, endedAt } of unstored) {
      if (await this.runs.findWitnessed(witness, tx)) continue;
      added.push({ file, run_id: await this.writer.storeRun(tx, result, 'file', endedAt) });
    }
    return { dry_run: false, ...comparison, added };
  }

  /** What `add` would do. */
  preview({ unstored, ...comparison }: RunComparison): Reconciliation {
    return { dry_run: true, ...comparison, added: unstored.map(({ file }) => ({ file, run_id: null })) };
  }
}

const nameOf = ({ universe, mode, generatedAt }: RunWitness): string => JSON.stringify([universe, mode, generatedAt]);

function differencesOf({ file }: RunFile, { runId, ...same }: RunAgreement): RunDifference[] {
  return [
    ...(same.sameItems ? [] : ['its picks are not those of the stored run']),
    ...(same.sameTime ? [] : ['its time is not that of the stored run']),
    ...(same.sameElapsed ? [] : ['its elapsed seconds are not those of the stored run']),
  ].map((what) => ({ file, run_id: runId, what }));
}
