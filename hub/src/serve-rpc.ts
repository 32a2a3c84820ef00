import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GrpcServer, serveGrpc } from '@butik/proto/rpc/grpc-server';
import { ChannelCredentials, ServerCredentials } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { HubConfig } from './config/config.ts';
import { wrongSettings } from './config/read-config.ts';
import type { ServiceInstance } from './kernel/service.ts';
import { portTaken } from './serve-http.ts';

/** Serves what other processes may ask of the services here; null where no port is configured for it. */
export async function serveRpc(
  services: readonly ServiceInstance[],
  { config, logger }: { config: HubConfig; logger: Logger },
): Promise<GrpcServer | null> {
  if (config.grpcPort === undefined) return null;
  const tls = readTls(config);
  try {
    return await serveGrpc(
      services.flatMap(({ rpc }) => (rpc ? [rpc] : [])),
      {
        address: `${config.host}:${config.grpcPort}`,
        ...(tls && {
          credentials: ServerCredentials.createSsl(
            tls.authority,
            [{ cert_chain: tls.certificate, private_key: tls.key }],
            true,
          ),
        }),
        onUnexpectedError: (err, { method, caller }) =>
          logger.error({ err, method, caller }, 'a call failed unexpectedly'),
      },
    );
  } catch (cause) {
    throw portTaken(config.host, config.grpcPort, cause);
  }
}

/** With certificates, both ends of a call show one of the same authority; without, the network has to be trusted. */
export function rpcCredentials(config: HubConfig): ChannelCredentials | undefined {
  const tls = readTls(config);
  return tls && ChannelCredentials.createSsl(tls.authority, tls.key, tls.certificate);
}

function readTls({ grpcTlsFolder: folder }: HubConfig) {
  if (folder === undefined) return undefined;
  const [authority, certificate, key] = ['ca.crt', 'tls.crt', 'tls.key'].map((file) =>
    readPart(join(folder, file)),
  ) as [Buffer, Buffer, Buffer];
  return { authority, certificate, key };
}

function readPart(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'cannot be read';
    throw wrongSettings([{ name: 'grpcTlsFolder', message: `${file}: ${reason}` }]);
  }
}
