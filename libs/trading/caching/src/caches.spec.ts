import { memoryDriver } from '@sluice/cache';
import { describeTradingCaches } from './caches.fixture';

describeTradingCaches(memoryDriver);
