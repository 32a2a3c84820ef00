import type { Logger } from 'pino';
import type { HubConfig } from '../../config/config.ts';
import type { Carrier } from './carrier.ts';
import type { Mailbox } from './mailbox/open-mailbox.ts';
import type { Mail, Messages, Push, Sms } from './messages.ts';

export interface MessagesOptions {
  config: Pick<
    HubConfig,
    'mailFrom' | 'smtpUrl' | 'sesRegion' | 'twilio' | 'snsRegion' | 'fcmCredentialsFile'
  >;
  /** Gets what nobody else carries. Whoever opened it closes it. */
  mailbox: Mailbox;
  logger: Pick<Logger, 'info'>;
}

/**
 * The carriers that are configured, and the mailbox for the rest. Their libraries are large, so only those that are
 * needed are loaded. Throws when the credentials of FCM cannot be read.
 */
export async function openMessages({ config, mailbox, logger }: MessagesOptions): Promise<Messages> {
  const [mail, sms, push] = [await mailCarrier(config), await smsCarrier(config), await pushCarrier(config)];
  for (const [channel, carrier] of Object.entries({ mail, sms, push })) {
    if (!carrier)
      logger.info({ channel }, 'messages: nobody carries these, so they stay in the local mailbox');
  }
  return {
    sendMail: mail ? mail.send : mailbox.sendMail,
    sendSms: sms ? sms.send : mailbox.sendSms,
    sendPush: push ? push.send : mailbox.sendPush,
    async close() {
      await Promise.all([mail?.close(), sms?.close(), push?.close()]);
    },
  };
}

type Config = MessagesOptions['config'];

async function mailCarrier({
  mailFrom: from,
  sesRegion,
  smtpUrl,
}: Config): Promise<Carrier<Mail> | undefined> {
  if (sesRegion) return (await import('./ses/send-by-ses.ts')).sendBySes({ region: sesRegion, from });
  if (smtpUrl) return (await import('./smtp/send-by-smtp.ts')).sendBySmtp({ url: smtpUrl, from });
  return undefined;
}

async function smsCarrier({ snsRegion, twilio }: Config): Promise<Carrier<Sms> | undefined> {
  if (snsRegion) return (await import('./sns/send-by-sns.ts')).sendBySns({ region: snsRegion });
  if (twilio) return (await import('./twilio/send-by-twilio.ts')).sendByTwilio({ account: twilio });
  return undefined;
}

async function pushCarrier({ fcmCredentialsFile }: Config): Promise<Carrier<Push> | undefined> {
  if (!fcmCredentialsFile) return undefined;
  return (await import('./fcm/send-by-fcm.ts')).sendByFcm({ credentialsFile: fcmCredentialsFile });
}
