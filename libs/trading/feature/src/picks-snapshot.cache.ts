/** What a cached snapshot of picks says of itself. */
export interface PicksSnapshot {
  readonly items: number;
  /** The engine's time: India's wall clock without a zone. */
  readonly asOf: string | null;
}

/**
 * The cache layer of the latest picks, declared here and bound by the application, so that the rules need no Redis. An
 * implementation answers null for absence and also while its server is away: a status page never fails because of it.
 */
export abstract class PicksSnapshotCache {
  abstract find(key: string): Promise<PicksSnapshot | null>;
}

/** For an application without a cache of picks. */
export class NoPicksSnapshotCache extends PicksSnapshotCache {
  override find(): Promise<null> {
    return Promise.resolve(null);
  }
}
