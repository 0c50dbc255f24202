/** How far a backup or a restore is. `total` is an estimate while a backup is taken. */
export interface BackupEvent {
  readonly verb: 'save' | 'check' | 'restore';
  readonly item: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export type OnBackupEvent = (event: BackupEvent) => void;

/** Counts bytes over items whose sizes are known before, about: an item that has more is held at its size. */
export class BackupProgress {
  private before = 0;
  private within = 0;
  private item = { name: '', bytes: 0 };
  private readonly totalBytes: number;

  constructor(
    private readonly verb: BackupEvent['verb'],
    sizes: readonly number[],
    private readonly onEvent: OnBackupEvent,
  ) {
    this.totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  }

  next(name: string, bytes: number): void {
    this.before += this.item.bytes;
    this.within = 0;
    this.item = { name, bytes };
    this.tell();
  }

  readonly onBytes = (bytes: number): void => {
    this.within += bytes;
    this.tell();
  };

  private tell(): void {
    const { name: item, bytes } = this.item;
    const doneBytes = this.before + Math.min(this.within, bytes);
    this.onEvent({ verb: this.verb, item, doneBytes, totalBytes: this.totalBytes });
  }
}
