export { historicalKey, type HistoricalRequest } from './historical-key';
export type { Expected, PlantedHazard } from './planted-hazards';
export { pythonJson, float as pythonFloatValue, type PythonValue } from './python-json';
export { SampleDirNotEmptyError } from './sample.errors';
export { sampleTables, type SampleTable } from './sample-plan';
export { makeSampleTree, sampleNowMs, type SampleOptions, type SampleSummary } from './sample-tree';
export { makeNastyTree, type NastyOptions, type NastyRow } from './nasty/nasty-tree';
export { fileHazards, makeDatabase, makeUncheckpointed, movePolicyVersionLast } from './nasty/file-hazards';
export { makeNastyFiles, type NastyFileRow } from './nasty/nasty-files';
