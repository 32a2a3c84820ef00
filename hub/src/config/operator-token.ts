import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HubConfig } from './config.ts';

/** The file in which an embedded hub keeps the token it made; the CLI on the same machine reads it. */
export function operatorTokenFile(dataFolder: string): string {
  return join(dataFolder, 'operator-token');
}

/** Head office's token: the configured one, or one made at the first start and readable by its owner only. */
export function operatorToken(config: Pick<HubConfig, 'operatorToken' | 'dataFolder'>): string {
  if (config.operatorToken) return config.operatorToken;
  const file = operatorTokenFile(config.dataFolder);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  mkdirSync(config.dataFolder, { recursive: true });
  const token = randomBytes(32).toString('base64url');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return token;
}
