export { ListenError } from './api.errors';
export { startApi, type RunningApi } from './start-api';
