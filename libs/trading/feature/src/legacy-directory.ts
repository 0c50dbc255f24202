/** The legacy backend's root folder, LEGACY_DIR; null where there is none. Its files are read and never written. */
export class LegacyDirectory {
  constructor(readonly path: string | null) {}
}
