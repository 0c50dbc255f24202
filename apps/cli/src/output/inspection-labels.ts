import type { LabelEvidence } from '@sluice/migration';
import { formatCount, formatTable } from './table';

/** How many rows prove a column's label wrong or right, and by how much the wrong ones are ahead of their witness. */
export function formatLabels(labels: readonly LabelEvidence[]): string {
  return formatTable(
    ['label of', 'proven wrong', 'proven right', 'unproven', 'seconds ahead'],
    labels.map((label) => [
      `${label.table}.${label.column}`,
      formatCount(label.wrong),
      formatCount(label.right),
      formatCount(label.unproven),
      aheadOf(label),
    ]),
    ['left', 'right', 'right', 'right', 'right'],
  );
}

function aheadOf({ aheadSeconds }: LabelEvidence): string {
  if (!aheadSeconds) return '';
  const [least, most] = [seconds(aheadSeconds.min), seconds(aheadSeconds.max)];
  return least === most ? least : `${least} to ${most}`;
}

const seconds = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 3 });
