export { checkDrift, driftOf } from './drift';
export { findSources, type FindOptions, type FoundSources } from './find-sources';
export * from './inspect.errors';
