export { tradingTables } from './trading.legacy';
export * from './sample';
