import type { Flags } from '../../src/config/read-config.ts';

/** The command line's own names for settings. */
export interface SettingsFlags {
  data?: string;
  services?: string;
  host?: string;
  port?: string;
  grpcPort?: string;
  logLevel?: string;
}

/** The flags by the names of their settings. */
export function settingsOf({ data, services, host, port, grpcPort, logLevel }: SettingsFlags): Flags {
  return { dataFolder: data, services, host, port, grpcPort, logLevel };
}
