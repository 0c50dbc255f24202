export { tradingDomains } from './trading-domains';
export { tradingDatabaseTables, tradingTables } from './trading.legacy';
export * from './sample';
export * from './write-back';
