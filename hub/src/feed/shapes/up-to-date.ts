/** Tells the client that it has everything up to a position of all tables; decimal, as the client reads it. */
export function upToDateMessage(position: number): string {
  return JSON.stringify({ headers: { control: 'up-to-date', global_last_seen_lsn: String(position) } });
}
