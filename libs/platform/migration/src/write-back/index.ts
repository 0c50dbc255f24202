export { LegacyFile, type LegacyFileOptions } from './legacy-file';
export { LegacyRowMaker, type LegacyRow, type TargetKey, type TargetRow } from './legacy-row';
export {
  LegacyTableWriter,
  type LegacyChanges,
  type TableWriterOptions,
  type WriteResult,
} from './legacy-table-writer';
export { pythonFloat, pythonJsonText, pythonString, type JsonShape } from './python-json-text';
export { readTargetRows } from './target-rows';
export { writeBack, type TimeForm, type WriteBack } from './write-back';
export { FileReplacedError, NotWritableError, WriteBackRefusedError, type RefusalRule } from './write-back.errors';
