import { type ExplainedSetting, explainConfig } from '../../src/config/explain-config.ts';
import { type SettingsFlags, settingsOf } from './settings-flags.ts';

/** Prints every setting with its value, with `--explain` all about it; exits with 1 when one is wrong. */
export async function printConfig(flags: SettingsFlags & { explain?: true; json?: true }): Promise<void> {
  const settings = explainConfig(settingsOf(flags), process.env);
  const asText = flags.explain ? explained : brief;
  console.log(flags.json ? JSON.stringify(settings, null, 2) : settings.map(asText).join('\n'));
  if (settings.some(({ fault }) => fault !== null)) process.exitCode = 1;
}

function brief({ variable, value, fault }: ExplainedSetting): string {
  return `${variable}=${value ?? ''}${fault === null ? '' : `  WRONG: ${fault}`}`;
}

function explained({
  name,
  variable,
  value,
  source,
  default: standard,
  meaning,
  fault,
}: ExplainedSetting): string {
  const lines = [
    `${variable} (${name})`,
    `  ${meaning}`,
    `  value: ${value ?? '–'} (${source})${standard === null ? ', no default' : `, default ${standard}`}`,
    ...(fault === null ? [] : [`  WRONG: ${fault}`]),
  ];
  return `${lines.join('\n')}\n`;
}
