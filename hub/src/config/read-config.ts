import { ButikError } from '@butik/proto/errors/butik-error';
import type { z } from 'zod';
import { findContradictions, type HubConfig, hubConfigSchema } from './config.ts';

export type SettingName = keyof HubConfig;

/** What a setting is, beside its schema. */
export interface Setting {
  name: SettingName;
  variable: string;
  description: string;
  secret: boolean;
}

/** Every setting, in the order of the schema. */
export const SETTINGS: readonly Setting[] = Object.entries(hubConfigSchema.shape).map(([name, schema]) => {
  const meta = (schema as z.ZodType).meta() as { variable: string; description: string; secret?: boolean };
  return {
    name: name as SettingName,
    variable: meta.variable,
    description: meta.description,
    secret: meta.secret ?? false,
  };
});

export type Flags = Partial<Record<SettingName, unknown>>;

/** What was given for a setting and where: a flag goes before the environment. An empty variable is not given. */
export function givenSetting(
  { name, variable }: Setting,
  flags: Flags,
  env: NodeJS.ProcessEnv,
): { value: unknown; source: 'flag' | 'environment' } | undefined {
  if (flags[name] !== undefined) return { value: flags[name], source: 'flag' };
  const value = env[variable];
  return value === undefined || value === '' ? undefined : { value, source: 'environment' };
}

/** Every setting that was given, by its name. */
export function givenSettings(flags: Flags, env: NodeJS.ProcessEnv): Record<string, unknown> {
  const given = SETTINGS.flatMap((setting) => {
    const found = givenSetting(setting, flags, env);
    return found ? [[setting.name, found.value]] : [];
  });
  return Object.fromEntries(given);
}

/** Settings from flags, else the environment, else the defaults. Throws REQUEST_INVALID naming the bad setting. */
export function readHubConfig(flags: Flags, env: NodeJS.ProcessEnv): HubConfig {
  const parsed = hubConfigSchema.safeParse(givenSettings(flags, env));
  const faults = parsed.success
    ? findContradictions(parsed.data)
    : parsed.error.issues.map(({ path, message }) => ({ name: path[0] as SettingName, message }));
  if (parsed.success && faults.length === 0) return parsed.data;
  throw wrongSettings(faults);
}

/** REQUEST_INVALID that names each setting and its variable. */
export function wrongSettings(faults: readonly { name: SettingName; message: string }[]): ButikError {
  const fields = faults.map(({ name, message }) => {
    const setting = SETTINGS.find((one) => one.name === name);
    return { path: name, variable: setting?.variable ?? '', message };
  });
  return new ButikError('REQUEST_INVALID', {
    message: `Wrong setting: ${fields.map((field) => `${field.path} (${field.variable}): ${field.message}`).join('; ')}`,
    details: { fields },
  });
}
