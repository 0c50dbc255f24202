export { InvalidSettingsError, MissingSettingError, type SettingProblem } from './config.errors';
export type { HttpSettings } from './http-settings';
export type { TracingSettings } from './tracing-settings';
export { isLoopbackHost } from './loopback';
export { SecretUrl } from './secret-url';
export {
  cacheDriverOf,
  describeSettings,
  environmentWith,
  loadSettings,
  requireDatabaseUrl,
  requireRedisUrl,
  type Settings,
} from './settings';
