import { memoryDriver } from '@sluice/cache';
import { describeCacheRoutes } from './cache-routes.conformance';

describeCacheRoutes(memoryDriver);
