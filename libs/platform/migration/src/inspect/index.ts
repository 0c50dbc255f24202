export type { ColumnCensus, HazardCount } from './census';
export { checkDrift, findDrift } from './drift';
export type { Estimate } from './estimate';
export { remarksOfRows } from './family-report';
export { DEFAULT_ZONE, findSources, type FoundFile, type FoundSources, type SourceSearch } from './find-sources';
export {
  AmbiguousSourceError,
  LegacyRootError,
  MissingSourceError,
  NoLegacyFilesError,
  OutsideRootError,
  SchemaDriftError,
  UnknownOverrideError,
} from './inspect.errors';
export {
  inspectTree,
  type FileInspection,
  type Inspection,
  type InspectOptions,
  type TableInspection,
} from './inspect-tree';
export type { LabelEvidence } from './label-evidence';
export { openFound } from './open-found';
