export { ListenError } from './api.errors';
export { startApi, type ApiParts, type RunningApi } from './start-api';
