import { Prisma } from './generated/client';
import type { Postgres } from './postgres';
import { PostgresUnavailableError } from './postgres.errors';

/** Who speaks for a domain's tables while people move. A domain without a mode has nothing to do with a legacy program. */
export type DomainMode = 'legacy' | 'dual' | 'shadow' | 'cutover' | 'new';

export interface KnownMode {
  readonly mode: DomainMode;
  /** Grows by every change, in decimal digits. */
  readonly epoch: string;
}

/** Until PostgreSQL takes over, the legacy program's file is what is read. */
export const readsLegacy = (mode: DomainMode): boolean => mode === 'legacy' || mode === 'dual' || mode === 'shadow';

type Changed = (domain: string, before: KnownMode | undefined, after: KnownMode | undefined) => void;

const LOOK_EVERY_MS = 400;
/** Where all of them have one side, so that the first other one is seen within a second as well. */
const LOOK_FOR_ONE_EVERY_MS = 800;
/** What was seen is not relied on for longer where it says that another side is to be read. */
const MOST_AGE_MS = 2_000;

/**
 * The modes of the domains as this process knows them: it looks twice a second, with one small statement. It decides which side
 * is read; who may write is decided by the database itself. Where there is no domain, or an older schema, it knows of none.
 */
export class DomainModes {
  private known = new Map<string, KnownMode>();
  private seenAtMs: number | null = null;
  private hasLooked = false;
  private haveOneSide = true;
  private looking: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;
  private isFailing = false;
  private readonly listeners: Changed[] = [];

  /** `onError` is told of the first look of a series that fails. */
  constructor(
    private readonly postgres: Pick<Postgres, 'rows'>,
    private readonly onError: (error: unknown) => void = () => undefined,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Looks at once and then again and again. Resolves when the first look has ended, though PostgreSQL may be away. */
  start(): Promise<void> {
    this.isClosed = false;
    return this.lookAndGoOn();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.looking?.catch(this.onError);
  }

  /** What was seen last, without waiting; undefined for no mode, and before the first look. */
  peek(domain: string): KnownMode | undefined {
    return this.known.get(domain);
  }

  /** Whether the last look found no domain that has a side beside PostgreSQL; false before the first one has ended. */
  get areOneSided(): boolean {
    return this.hasLooked && this.haveOneSide;
  }

  /**
   * The mode that decides a read; undefined for none. That the legacy side is read is at most two seconds old, or this throws
   * `POSTGRES_UNAVAILABLE`, because the domain may have moved on. A process that cannot look goes on with PostgreSQL, which
   * then answers or fails by itself: it is waited for only before the first look has ended.
   */
  async current(domain: string): Promise<KnownMode | undefined> {
    const last = this.known.get(domain);
    const isFresh = this.seenAtMs !== null && this.nowMs() - this.seenAtMs <= MOST_AGE_MS;
    const wasLegacy = last !== undefined && readsLegacy(last.mode);
    if (isFresh || (this.hasLooked && !wasLegacy)) return last;
    try {
      await this.look();
    } catch (error) {
      if (wasLegacy) throw error;
    }
    return this.known.get(domain);
  }

  /** Calls `listener` after each look that found another mode or epoch. */
  onChange(listener: Changed): void {
    this.listeners.push(listener);
  }

  /** One look, shared by those who wait for it. Throws `POSTGRES_UNAVAILABLE`. */
  look(): Promise<void> {
    this.looking ??= this.read().finally(() => {
      this.looking = null;
      this.hasLooked = true;
    });
    return this.looking;
  }

  private async lookAndGoOn(): Promise<void> {
    try {
      await this.look();
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.onError(error);
      this.isFailing = true;
    }
    if (this.isClosed) return;
    this.timer = setTimeout(() => void this.lookAndGoOn(), this.areOneSided ? LOOK_FOR_ONE_EVERY_MS : LOOK_EVERY_MS);
    this.timer.unref();
  }

  private async read(): Promise<void> {
    const askedAtMs = this.nowMs();
    let rows: (KnownMode & { readonly name: string })[];
    try {
      rows = await this.postgres.rows(Prisma.sql`SELECT name, mode, epoch::text AS epoch FROM migration_domains`);
    } catch (error) {
      if (error instanceof PostgresUnavailableError || !isUndefinedTable(error)) throw error;
      rows = [];
    }
    const before = this.known;
    this.known = new Map(rows.map(({ name, mode, epoch }) => [name, { mode, epoch }]));
    this.haveOneSide = rows.every(({ mode }) => mode === 'new'); // Every request asks for it.
    this.seenAtMs = askedAtMs;
    for (const domain of new Set([...before.keys(), ...this.known.keys()])) {
      const [was, is] = [before.get(domain), this.known.get(domain)];
      if (was?.epoch === is?.epoch && was?.mode === is?.mode) continue;
      for (const listener of this.listeners) listener(domain, was, is);
    }
  }
}

/** 42P01, from a schema of before there were domains. */
const isUndefinedTable = (error: unknown): boolean => {
  const { meta } = error as { meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } } } };
  return meta?.driverAdapterError?.cause?.originalCode === '42P01';
};
