import type { PolicyOptions } from '../declare/policy';
import type { ReadRequest, StoreRequest, Ticket } from '../tier2/tier2';
import { Tier2Error } from '../tier2/tier2.errors';
import type { Scheduler } from './scheduler';
import type { Space } from './space';
import type { Tier2Link } from './tier2-link';

/**
 * What this process does with the right to load that the shared tier gave it: keeps it up, stores under it, gives it back.
 * A tier that does not answer changes no load's outcome: each failure is counted by the link, and a lease ends by itself.
 */
export class Leases {
  constructor(
    private readonly link: Tier2Link,
    private readonly space: Space,
    private readonly scheduler: Scheduler,
    private readonly policy: () => PolicyOptions,
  ) {}

  /** The right to store, for a writer, whether an entry is there or not; null where another has it, or nobody can. */
  async take(request: ReadRequest): Promise<Ticket | null> {
    const lease = { lifeMs: this.policy().leaseMs, belowMs: Number.MAX_SAFE_INTEGER };
    try {
      const [entry] = await this.link.call(this.space, (tier2) => tier2.read({ ...request, lease }));
      return entry?.ticket ?? null;
    } catch (error) {
      if (error instanceof Tier2Error) return null;
      throw error;
    }
  }

  /** Keeps the lease up until the answer is called. */
  renew(id: string, ticket: Ticket): () => void {
    let isStopped = false;
    let cancel = () => {};
    const next = () => {
      if (isStopped) return;
      const { leaseMs } = this.policy();
      cancel = this.scheduler.after(leaseMs / 3, () => {
        this.link
          .call(this.space, (tier2) => tier2.renewLease(id, ticket.token, leaseMs))
          .catch(() => false) // The store will find the lease lost.
          .finally(next);
      });
    };
    next();
    return () => {
      isStopped = true;
      cancel();
    };
  }

  /** Stores a loaded value and gives the lease back; `failed` where the tier took nothing, or an invalidation waits for it. */
  async store(request: Omit<StoreRequest, 'space'>): Promise<'written' | 'overtaken' | 'failed'> {
    const { link, space } = this;
    try {
      const isPending = link.isPending(space, request.key); // An invalidation of it is on its way.
      const outcomes = isPending ? [] : await link.call(space, (tier2) => tier2.store([{ space, ...request }]));
      if (outcomes[0]) return outcomes[0];
    } catch (error) {
      if (!(error instanceof Tier2Error)) throw error;
    }
    await this.release(request.key, request.ticket);
    return 'failed';
  }

  /** With `failedForMs` the other processes do not try before it is over. */
  async release(id: string, ticket: Ticket, failedForMs = 0): Promise<void> {
    try {
      await this.link.call(this.space, (tier2) => tier2.releaseLease(id, ticket.token, failedForMs));
    } catch (error) {
      if (!(error instanceof Tier2Error)) throw error;
    }
  }
}
