import type { Client } from 'pg';
import { MODES_CHANNEL } from '../domains/domain-state';

/**
 * Rings when a mode was changed, so that a follower that waits for the file need not ask for it all the time. A connection through
 * a pool that gives it to others hears nothing; modes are looked at now and then all the same.
 */
export class ModeBell {
  private client: Client | null = null;
  private isRung = false;
  private onRing: (() => void) | null = null;

  /** To be called with each new connection, and before the modes are looked at on it. */
  async listenOn(client: Client): Promise<void> {
    if (client === this.client) return;
    client.on('notification', ({ channel }) => {
      if (channel === MODES_CHANNEL) this.ring();
    });
    await client.query(`LISTEN ${MODES_CHANNEL}`);
    this.client = client;
  }

  /** Whether it has rung since it was asked the last time. */
  wasRung(): boolean {
    const { isRung } = this;
    this.isRung = false;
    return isRung;
  }

  /** Calls at the next ring, or at once where nobody has asked since the last; null calls nobody any more. */
  call(onRing: (() => void) | null): void {
    this.onRing = onRing;
    if (this.isRung) onRing?.();
  }

  private ring(): void {
    this.isRung = true;
    this.onRing?.();
  }
}
