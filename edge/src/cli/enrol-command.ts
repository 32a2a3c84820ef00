import { readEdgeConfig } from '../config.ts';
import { enrol } from '../provisioning/enrol.ts';

/** `butik-edge enrol`: makes this box the box of a shop. */
export async function enrolCommand(options: { hub: string; token: string; data?: string }): Promise<void> {
  const { dataFolder } = readEdgeConfig(process.env, { dataFolder: options.data });
  const identity = await enrol({ hubUrl: options.hub, token: options.token, dataFolder });
  console.log(`Enrolled as ${identity.shop.name} (shop ${identity.shop.shopId}, epoch ${identity.epoch}).`);
  console.log('Open the shop with: butik-edge run');
}
