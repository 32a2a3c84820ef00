import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface CertificateNames {
  /** What the gateway is called from outside. */
  gateway: readonly string[];
  /** What the hub's processes call each other: host names of services. */
  hub: readonly string[];
}

/**
 * An authority (`authority/ca.crt`, `ca.key`), and in `gateway` and `hub` each a certificate of it (`tls.crt`, `tls.key`)
 * with `ca.crt` beside: the gateway's, and the one that the hub's processes show each other. For 30 days, to try the
 * system with. Containers of other users have to read the keys, so everybody on the machine can; in production a real
 * authority makes them. Throws when there is no openssl.
 */
export function makeCertificates(folder: string, names: CertificateNames): void {
  const authority = join(folder, 'authority/ca');
  request(authority, ['-subj', '/CN=Butik test authority', '-addext', 'keyUsage=critical,keyCertSign']);
  for (const owner of ['gateway', 'hub'] as const) {
    const hosts = names[owner];
    const alternatives = [...hosts.map((host) => `DNS:${host}`), 'IP:127.0.0.1'].join(',');
    request(join(folder, owner, 'tls'), [
      ...['-subj', `/CN=${hosts[0]}`, '-CA', `${authority}.crt`, '-CAkey', `${authority}.key`],
      ...['-addext', `subjectAltName=${alternatives}`, '-addext', 'basicConstraints=critical,CA:FALSE'],
      ...['-addext', 'extendedKeyUsage=serverAuth,clientAuth'],
    ]);
    copyFileSync(`${authority}.crt`, join(folder, owner, 'ca.crt'));
  }
}

/** Makes `path.crt` and `path.key`. */
function request(path: string, options: readonly string[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const made = spawnSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'],
      ...['-days', '30', '-keyout', `${path}.key`, '-out', `${path}.crt`, ...options],
    ],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`openssl made no ${path}: ${made.stderr}`, { cause: made.error });
  chmodSync(`${path}.key`, 0o644);
}
