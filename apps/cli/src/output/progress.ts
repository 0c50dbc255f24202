import { SingleBar } from 'cli-progress';
import type { MigrationEvent } from '@sluice/migration';

export type ProgressStyle = 'auto' | 'bar' | 'lines' | 'json' | 'none';

export interface Progress {
  readonly onEvent: (event: MigrationEvent) => void;
  /** Takes the bar away, so that what follows stands on its own lines. */
  readonly end: () => void;
}

/** How a run is shown on standard error: a bar with rate and ETA on a terminal, plain lines elsewhere. */
export function createProgress(style: ProgressStyle, terminal = process.stderr.isTTY): Progress {
  switch (style === 'auto' ? (terminal ? 'bar' : 'lines') : style) {
    case 'bar':
      return barProgress();
    case 'lines':
      return lineProgress((text) => void process.stderr.write(`${text}\n`));
    case 'json':
      return {
        onEvent: (event) => void process.stderr.write(`${JSON.stringify(event, bigintAsText)}\n`),
        end: () => undefined,
      };
    default:
      return { onEvent: () => undefined, end: () => undefined };
  }
}

export const bigintAsText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

const WIDTH = 26;
const verbs = { copy: 'copy  ', verify: 'verify' } as const;

function barProgress(): Progress {
  let bar: SingleBar | null = null;
  const stop = (): void => {
    bar?.stop();
    bar = null;
  };
  return {
    end: stop,
    onEvent: (event) => {
      if (event.type === 'phase' && event.rows > 0) {
        stop();
        const label = `${verbs[event.phase]} ${event.table}`.padEnd(WIDTH + 7);
        bar = new SingleBar({
          format: `${label} {bar} {percentage}% · {value}/{total} rows · {rate} rows/s · ETA {eta_formatted}`,
          stream: process.stderr,
          hideCursor: true,
          clearOnComplete: true,
          barCompleteChar: '█',
          barIncompleteChar: '░',
          barsize: 24,
        });
        bar.start(event.rows, event.done, { rate: '-' });
        startedMs = Date.now();
      } else if (event.type === 'progress') {
        bar?.update(event.done, { rate: rateOf(event.done, Date.now() - startedMs) });
      } else if (event.type === 'table') {
        stop();
      }
    },
  };
}

let startedMs = Date.now();

const rateOf = (rows: number, elapsedMs: number): string =>
  elapsedMs > 0 ? Math.round((rows / elapsedMs) * 1000).toLocaleString('en') : '-';

/** No more than a line every two seconds per phase, and one at its end. */
const LINE_EVERY_MS = 2_000;

/** Plain lines for logs and pipes. */
export function lineProgress(write: (text: string) => void, nowMs: () => number = Date.now): Progress {
  let phaseStartedMs = 0;
  let saidMs = 0;
  return {
    end: () => undefined,
    onEvent: (event) => {
      switch (event.type) {
        case 'phase':
          phaseStartedMs = saidMs = nowMs();
          return;
        case 'progress': {
          const now = nowMs();
          if (now - saidMs < LINE_EVERY_MS) return;
          saidMs = now;
          const share = event.rows > 0 ? Math.floor((event.done / event.rows) * 100) : 100;
          const rate = rateOf(event.done, now - phaseStartedMs);
          const leftSeconds = Math.ceil(
            ((event.rows - event.done) * (now - phaseStartedMs)) / Math.max(1, event.done) / 1000,
          );
          write(
            `${verbs[event.phase]} ${event.table}: ${share}% · ${event.done}/${event.rows} rows · ${rate} rows/s · ETA ${leftSeconds}s`,
          );
          return;
        }
        case 'table': {
          const { report, phase } = event;
          if (phase === 'copy')
            write(`copied   ${report.table}: ${report.loadedNow} rows in ${report.copyMs} ms (${report.outcome})`);
          else
            write(
              `verified ${report.table}: ${report.rowsTarget} rows in ${report.verifyMs} ms, ${report.verification?.clean ? 'equal' : 'DIFFERENT'}`,
            );
          return;
        }
        case 'note':
          write(`note: ${event.text}`);
      }
    },
  };
}
