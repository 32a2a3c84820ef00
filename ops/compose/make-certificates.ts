// `node ops/compose/make-certificates.ts`: what docker-compose.yml mounts from ops/compose/certificates.
import { join } from 'node:path';
import { SERVICES } from '../../hub/src/services/registry.ts';
import { makeCertificates } from './certificates.ts';

const folder = join(import.meta.dirname, 'certificates');
makeCertificates(folder, { gateway: ['localhost', 'gateway'], hub: SERVICES.map(({ name }) => name) });
console.log(`Made certificates for 30 days in ${folder}. They are for trying out: the keys are readable.`);
