import { ButikError } from '@butik/proto/errors/butik-error';
import type { Logger } from 'pino';
import type { HubConfig } from '../../../config/config.ts';
import type { Guard } from '../../../kernel/resilience/guard.ts';
import type { PaymentGateway } from './gateway.ts';
import { createSwishGateway } from './swish/create-swish-gateway.ts';
import { readCertificate } from './swish/read-certificate.ts';

/** The gateways of this hub. */
export interface Gateways {
  /** The one that serves this way to pay. Throws PAYMENT_METHOD_UNAVAILABLE. */
  forMethod(method: string): PaymentGateway;
  /** The one of this name; undefined when it is not configured any more. */
  named(name: string): PaymentGateway | undefined;
}

/** Builds what the settings name. A new gateway is a folder and a line here. Throws REQUEST_INVALID for a certificate that cannot be read. */
export function createGateways(
  config: Pick<HubConfig, 'swishUrl' | 'swishPayee' | 'swishCertificateFile' | 'publicUrl'>,
  deps: { logger: Pick<Logger, 'error'>; guard(name: string): Guard },
): Gateways {
  const gateways: PaymentGateway[] = [];
  if (config.swishUrl !== undefined) {
    gateways.push(
      createSwishGateway({
        url: config.swishUrl,
        payee: config.swishPayee,
        callbackUrl: callbackUrl(config.publicUrl, 'swish'),
        certificate: config.swishCertificateFile && readCertificate(config.swishCertificateFile),
        guard: deps.guard('swish'),
        logger: deps.logger,
      }),
    );
  }
  return gatewaysOf(gateways);
}

export function gatewaysOf(gateways: readonly PaymentGateway[]): Gateways {
  return {
    forMethod(method) {
      const gateway = gateways.find(({ methods }) => methods.includes(method));
      if (gateway) return gateway;
      const methods = gateways.flatMap((one) => one.methods);
      throw new ButikError('PAYMENT_METHOD_UNAVAILABLE', { details: { method, methods } });
    },
    named: (name) => gateways.find((gateway) => gateway.name === name),
  };
}

function callbackUrl(publicUrl: string | undefined, gateway: string): string | undefined {
  return publicUrl && new URL(`/v1/payments/callbacks/${gateway}`, publicUrl).href;
}
