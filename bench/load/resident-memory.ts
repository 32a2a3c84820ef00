import { readFileSync } from 'node:fs';

/** Resident memory of a process in MB (10^6 bytes), now and at its highest; undefined where there is no /proc. */
export function residentMemory(pid: number | undefined): { nowMb: number; peakMb: number } | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return undefined;
  }
  const mb = (name: string) =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6;
  return { nowMb: mb('VmRSS'), peakMb: mb('VmHWM') };
}
