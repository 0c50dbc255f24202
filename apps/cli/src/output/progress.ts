import { SingleBar } from 'cli-progress';
import type { MigrationEvent } from '@sluice/migration';
import { countOf, formatCount, formatMs } from './table';

export type ProgressStyle = 'auto' | 'bar' | 'lines' | 'json' | 'none';

/** What shows events on standard error. */
export interface Progress<Event = MigrationEvent> {
  readonly onEvent: (event: Event) => void;
  /** Takes the bar away, so that what follows stands on its own lines. */
  readonly end: () => void;
}

interface Shown<Event> {
  readonly bar: () => Progress<Event>;
  readonly lines: (write: Write) => Progress<Event>;
}

export type Write = (text: string) => void;
export const toStandardError: Write = (text) => void process.stderr.write(`${text}\n`);

/** A bar on a terminal and lines elsewhere, unless one of them, JSON or nothing was asked for. */
export function progressOf<Event>(
  style: ProgressStyle,
  { bar, lines }: Shown<Event>,
  terminal = process.stderr.isTTY,
  write: Write = toStandardError,
): Progress<Event> {
  switch (style === 'auto' ? (terminal ? 'bar' : 'lines') : style) {
    case 'bar':
      return bar();
    case 'lines':
      return lines(write);
    case 'json':
      return { onEvent: (event) => write(JSON.stringify(event, bigintAsText)), end: () => undefined };
    default:
      return { onEvent: () => undefined, end: () => undefined };
  }
}

/** How a run is shown: with rate and ETA. */
export const createProgress = (style: ProgressStyle): Progress =>
  progressOf(style, { bar: barProgress, lines: lineProgress });

export const newBar = (format: string): SingleBar =>
  new SingleBar({
    ...{ format, stream: process.stderr, hideCursor: true, clearOnComplete: true },
    ...{ barCompleteChar: '█', barIncompleteChar: '░', barsize: 24 },
  });

/** Whole percent, rounded down: all of it is there when it is said. */
export const percentOf = (done: number, all: number): number => (all > 0 ? Math.floor((done / all) * 100) : 100);

export const bigintAsText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

const WIDTH = 26;
const verbs = { copy: 'copy  ', verify: 'verify' } as const;

/**
 * The rate and the time left of one phase, from what this run did: rows that an earlier run had done cost this one
 * nothing, and count for neither.
 */
export class Pace {
  private readonly startedMs: number;

  constructor(
    private readonly doneBefore: number,
    private readonly nowMs: () => number,
  ) {
    this.startedMs = nowMs();
  }

  /** Rows a second; null while nothing can be said. */
  rate(done: number): number | null {
    const elapsedMs = this.nowMs() - this.startedMs;
    return elapsedMs > 0 && done > this.doneBefore ? ((done - this.doneBefore) / elapsedMs) * 1000 : null;
  }

  /** Whole seconds until all rows are done; null while nothing can be said. */
  leftSeconds(done: number, rows: number): number | null {
    const rate = this.rate(done);
    return rate === null ? null : Math.ceil(Math.max(0, rows - done) / rate);
  }
}

const rateText = (rate: number | null): string => (rate === null ? '-' : formatCount(Math.round(rate)));
const secondsText = (seconds: number | null): string => (seconds === null ? '-' : `${formatCount(seconds)}s`);

function barProgress(): Progress {
  let bar: SingleBar | null = null;
  let pace = new Pace(0, Date.now);
  const stop = (): void => {
    bar?.stop();
    bar = null;
  };
  return {
    end: stop,
    onEvent: (event) => {
      if (event.type === 'phase' && event.rows > 0) {
        stop();
        pace = new Pace(event.done, Date.now);
        const label = `${verbs[event.phase]} ${event.table}`.padEnd(WIDTH + 7);
        bar = newBar(`${label} {bar} {percentage}% · {value}/{total} rows · {rate} rows/s · ETA {left}`);
        bar.start(event.rows, event.done, { rate: '-', left: '-' });
      } else if (event.type === 'progress') {
        bar?.update(event.done, {
          rate: rateText(pace.rate(event.done)),
          left: secondsText(pace.leftSeconds(event.done, event.rows)),
        });
      } else if (event.type === 'table') {
        stop();
      } else if (event.type === 'warning') {
        stop();
        process.stderr.write(`warning: ${event.text}\n`);
      }
    },
  };
}

/** No more than a line every two seconds per phase, and one at its end. */
export const LINE_EVERY_MS = 2_000;

/** Plain lines for logs and pipes. */
export function lineProgress(write: Write, nowMs: () => number = Date.now): Progress {
  let pace = new Pace(0, nowMs);
  let saidMs = 0;
  return {
    end: () => undefined,
    onEvent: (event) => {
      switch (event.type) {
        case 'phase':
          pace = new Pace(event.done, nowMs);
          saidMs = nowMs();
          return;
        case 'progress':
          if (nowMs() - saidMs < LINE_EVERY_MS) return;
          saidMs = nowMs();
          write(progressLine(event, pace));
          return;
        case 'table':
          write(tableLine(event));
          return;
        case 'note':
        case 'warning':
          write(`${event.type}: ${event.text}`);
      }
    },
  };
}

type EventOf<Type extends MigrationEvent['type']> = Extract<MigrationEvent, { type: Type }>;

function progressLine({ phase, table, done, rows }: EventOf<'progress'>, pace: Pace): string {
  const rate = rateText(pace.rate(done));
  return `${verbs[phase]} ${table}: ${percentOf(done, rows)}% · ${done}/${rows} rows · ${rate} rows/s · ETA ${secondsText(pace.leftSeconds(done, rows))}`;
}

function tableLine({ report, phase }: EventOf<'table'>): string {
  const { table, loadedNow, outcome, copyMs, verifyMs, rowsTarget, verification, salvage } = report;
  const equal = salvage ? 'equal as far as it can be read' : 'equal';
  return phase === 'copy'
    ? `copied   ${table}: ${countOf(loadedNow, 'row')} in ${formatMs(copyMs)} (${outcome})`
    : `verified ${table}: ${countOf(rowsTarget, 'row')} in ${formatMs(verifyMs)}, ${verification?.clean ? equal : 'DIFFERENT'}`;
}
