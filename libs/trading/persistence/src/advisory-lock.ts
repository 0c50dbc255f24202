import { Prisma, type Transaction } from '@sluice/postgres';

/** Waits until no other transaction holds the lock of this name; it is held until this one ends. */
export async function awaitLock(tx: Transaction, name: string): Promise<void> {
  await tx.$executeRaw(Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
}
