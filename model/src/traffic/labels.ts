import { z } from 'zod';

export const labels = z.record(z.string().min(1), z.string());

/** Whether what has these labels has all that are wanted, with the same values. */
export function hasLabels(labels: Record<string, string>, wanted: Record<string, string>): boolean {
  return Object.entries(wanted).every(([label, value]) => labels[label] === value);
}
