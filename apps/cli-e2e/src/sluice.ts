import path from 'node:path';
import { run, type RunOptions, type RunResult } from '@sluice/testing';

/** The program that users start. */
export const program = path.resolve(__dirname, '../../cli/bin/sluice.cjs');

export interface SluiceOptions extends Omit<RunOptions, 'env'> {
  readonly database?: string;
  readonly redis?: string;
  readonly legacy?: string;
  /** The PATH on which programs are looked for; this process's own by default. */
  readonly searchPath?: string;
}

/** Runs the command line as a user does: a process of its own, with nothing but these settings. */
export function sluice(args: readonly string[], options: SluiceOptions = {}): Promise<RunResult> {
  const { database, redis, legacy, searchPath, ...rest } = options;
  const env = {
    DATABASE_URL: database,
    REDIS_URL: redis,
    LEGACY_DIR: legacy,
    ...(searchPath === undefined ? {} : { PATH: searchPath }),
  };
  return run(process.execPath, [program, ...args], { ...rest, env });
}

/** The same with `--json`; gives the parsed document beside the exit code. */
export async function sluiceJson<Document>(
  args: readonly string[],
  options: SluiceOptions = {},
): Promise<{ code: number | null; document: Document; stderr: string }> {
  const { code, stdout, stderr } = await sluice([...args, '--json'], options);
  try {
    return { code, document: JSON.parse(stdout) as Document, stderr };
  } catch (cause) {
    throw new Error(`No JSON on standard output (exit ${code}):\n${stdout}\n${stderr}`, { cause });
  }
}

/** What the tests read of `sluice quarantine list`. */
export type Quarantine = readonly {
  readonly id: string;
  readonly table: string;
  readonly key: string;
  readonly column: string | null;
  readonly code: string;
  readonly reason: string;
}[];

/** What the tests read of a report. */
export interface Report {
  readonly runId: string;
  readonly exitCode: number;
  readonly peakMemoryBytes: number;
  readonly tables: readonly {
    readonly table: string;
    readonly target: 'postgres' | 'cache';
    readonly source: string | null;
    readonly outcome: string;
    readonly lane: string | null;
    readonly rowsSource: number;
    readonly rowsTarget: number;
    readonly loadedNow: number;
    readonly quarantined: number;
    readonly normalised: Readonly<Record<string, number>>;
    readonly verification: {
      readonly clean: boolean;
      readonly digest: string;
      readonly differences: string;
      readonly found: readonly { readonly rowKey: string; readonly column: string | null; readonly kind: string }[];
    } | null;
  }[];
  readonly notes: readonly string[];
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly remedy?: string;
    readonly exitCode: number;
  };
}
