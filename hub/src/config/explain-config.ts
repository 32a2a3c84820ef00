import { findContradictions, hubConfigSchema } from './config.ts';
import { type Flags, givenSetting, givenSettings, SETTINGS } from './read-config.ts';

export interface ExplainedSetting {
  name: string;
  variable: string;
  /** As it was given, or the default; null when it has neither. Of a secret only that there is one. */
  value: string | null;
  source: 'flag' | 'environment' | 'default' | 'not set';
  default: string | null;
  meaning: string;
  /** What is wrong with the value, or null. */
  fault: string | null;
}

/** Every setting with its value, where that came from, its default and what it means; a wrong value is said, not thrown. */
export function explainConfig(flags: Flags, env: NodeJS.ProcessEnv): ExplainedSetting[] {
  const whole = hubConfigSchema.safeParse(givenSettings(flags, env));
  const contradictions = whole.success ? findContradictions(whole.data) : [];
  return SETTINGS.map((setting) => {
    const schema = hubConfigSchema.shape[setting.name];
    const found = givenSetting(setting, flags, env);
    const byDefault = schema.safeParse(undefined);
    const standard = byDefault.success ? shown(byDefault.data) : null;
    const parsed = schema.safeParse(found?.value);
    const given = found && (setting.secret ? '(secret)' : shown(found.value));
    return {
      name: setting.name,
      variable: setting.variable,
      value: given ?? standard,
      source: found?.source ?? (standard === null ? 'not set' : 'default'),
      default: standard,
      meaning: setting.description,
      fault: parsed.success
        ? (contradictions.find(({ name }) => name === setting.name)?.message ?? null)
        : (parsed.error.issues[0]?.message ?? 'is not valid'),
    };
  });
}

function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object') return String(value);
  return Object.keys(value).length === 0 ? null : JSON.stringify(value);
}
