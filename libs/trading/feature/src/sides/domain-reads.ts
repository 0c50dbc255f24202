import { AsyncLocalStorage } from 'node:async_hooks';
import type { KnownMode } from '@sluice/postgres';
import { readsLegacy } from '@sluice/postgres';
import type { Shape } from './comparison';
import type { ShadowReader } from './shadow-reader';

export type Side = 'legacy' | 'postgres';

/** An operation that the legacy code has, too. */
export interface SharedOperation {
  /** `runs.list`, in the counts and the metrics. */
  readonly name: string;
  readonly domain: string;
  /** How the two answers are compared. */
  readonly answer: Shape;
}

interface Modes {
  current(domain: string): Promise<KnownMode | undefined>;
  peek(domain: string): KnownMode | undefined;
  /** Whether no domain has a mode. */
  readonly areOneSided: boolean;
}

/** What caches and those who read them ask. */
export type CachePassing = Pick<DomainReads, 'goesPastCaches' | 'mustGoPastCaches'>;

/** One request: each domain is read from one side until its end, also when the mode changes meanwhile. */
interface RequestSides {
  readonly pinned: Map<string, KnownMode>;
  readonly tell: (sides: string) => void;
}

/**
 * Decides by the mode of a domain which side answers a read. In `legacy`, `dual` and `shadow` it is the legacy program's file,
 * for the operations that the legacy code has; else PostgreSQL. A side that cannot be asked is an error and never the other.
 */
export class DomainReads {
  private readonly requests = new AsyncLocalStorage<RequestSides>();
  private readonly turning = new Map<string, symbol>();

  constructor(
    private readonly modes: Modes,
    private readonly shadow: Pick<ShadowReader, 'offer'>,
  ) {}

  /** Answers of `target` and `legacy` have one type. Throws what the side that is asked throws, and `POSTGRES_UNAVAILABLE`. */
  async read<T>(
    operation: SharedOperation,
    args: readonly unknown[],
    sides: { readonly target: () => Promise<T>; readonly legacy: () => Promise<T> },
  ): Promise<T> {
    const request = this.requests.getStore();
    const known = request?.pinned.get(operation.domain) ?? (await this.modes.current(operation.domain));
    if (!known || known.mode === 'new') return sides.target();
    if (request) note(request, operation.domain, known);
    if (!readsLegacy(known.mode)) return sides.target();
    const answer = await sides.legacy();
    if (known.mode === 'shadow') this.shadow.offer({ operation, epoch: known.epoch, args, answer, ...sides });
    return answer;
  }

  /**
   * True while cached answers of the domain may not be given: the legacy side is read, or both sides write, or what the caches
   * hold of before is not gone yet. As of the last look, without waiting.
   */
  goesPastCaches(domain: string): boolean {
    return this.turning.has(domain) || isMoving(this.modes.peek(domain));
  }

  /** The same for those who can wait for a look. */
  async mustGoPastCaches(domain: string): Promise<boolean> {
    return isMoving(await this.modes.current(domain)) || this.turning.has(domain);
  }

  /** No cached answer of the domain is given until `emptied` has ended; of several the last one counts. */
  async turnCaches(domain: string, emptied: () => Promise<unknown>): Promise<void> {
    const turn = Symbol(domain);
    this.turning.set(domain, turn);
    await emptied();
    if (this.turning.get(domain) === turn) this.turning.delete(domain);
  }

  /**
   * Runs a request; `tell` hears of the sides that it reads, each time that a domain with two of them comes to it. Where none has,
   * nothing is remembered: from the first time on Node looks after each step of every request for it, which costs a third.
   */
  within(tell: (sides: string) => void, work: () => void): void {
    if (this.modes.areOneSided) work();
    else this.requests.run({ pinned: new Map(), tell }, work);
  }
}

/** `new` is the end of the way: there is one side. */
const isMoving = (known: KnownMode | undefined): boolean => known !== undefined && known.mode !== 'new';

function note({ pinned, tell }: RequestSides, domain: string, known: KnownMode): void {
  if (pinned.has(domain)) return;
  pinned.set(domain, known);
  const sides = new Set([...pinned.values()].map(({ mode }): Side => (readsLegacy(mode) ? 'legacy' : 'postgres')));
  tell([...sides].sort().join(', '));
}

type Method = (...args: never[]) => Promise<unknown>;
/** Of a class, what answers later. */
export type MethodsOf<T> = { [K in keyof T as T[K] extends Method ? K : never]: T[K] };

/**
 * A repository whose named operations are read from the side that counts; everything else is as it was. `legacy` answers the
 * same operations in the same types.
 */
export function routed<T extends object, K extends keyof MethodsOf<T> & string>(
  reads: DomainReads,
  target: T,
  legacy: { readonly [N in NoInfer<K>]: T[N] },
  operations: Readonly<Record<K, SharedOperation>>,
): T {
  const own = Object.fromEntries(
    Object.entries<SharedOperation>(operations).map(([name, operation]) => {
      const ask = (side: object, args: readonly unknown[]) => (): Promise<unknown> =>
        (side as Record<string, (...given: unknown[]) => Promise<unknown>>)[name]!(...args);
      const method = (...args: unknown[]): Promise<unknown> =>
        reads.read(operation, args, { target: ask(target, args), legacy: ask(legacy, args) });
      return [name, method];
    }),
  );
  return Object.assign(Object.create(target) as T, own);
}
