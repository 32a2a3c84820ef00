import { createTransport } from 'nodemailer';
import type { Carrier } from '../carrier.ts';
import { type CarrierLimits, createHandOver, type Verdict } from '../hand-over.ts';
import { type Mail, mailSchema } from '../messages.ts';

export interface SmtpOptions extends CarrierLimits {
  /** smtp://USER:PASSWORD@HOST:PORT, or smtps:// where TLS comes first. */
  url: string;
  /** Address, or `Name <address>`. */
  from: string;
}

const CONNECTIONS = 5;
const CONNECT_MS = 10_000;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Mail by an SMTP server, over a few connections that are kept. TLS is used when the server offers it, and its
 * certificate must be good; where a password is sent to another machine, a server without TLS is turned down.
 */
export function sendBySmtp({ url, from, ...limits }: SmtpOptions): Carrier<Mail> {
  const { hostname, username, password } = new URL(url);
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: CONNECTIONS,
    // A connection that breaks after the text was sent leaves it open whether it was taken: the caller decides.
    maxRequeues: 0,
    requireTLS: username !== '' && !LOOPBACK.test(hostname),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // The pool tells of a broken connection here too, after it has told the mail that was on it.
  transport.on('error', () => undefined);
  const secrets = [password, decodeURIComponent(password)];
  return {
    send: createHandOver({
      carrier: 'smtp',
      schema: mailSchema,
      ...limits,
      judge,
      secrets: () => secrets,
      async send({ id, to, subject, text, html }, signal) {
        // The same Message-ID for the same message: mail programs show it once.
        const messageId = `<${id}@butik>`;
        return (await transport.sendMail({ messageId, from, to, subject, text, html, signal })).messageId;
      },
    }),
    async close() {
      transport.close();
    },
  };
}

/** What nodemailer puts on its errors. */
interface SmtpError extends Error {
  code?: string;
  /** What was being said when it failed. */
  command?: string;
  responseCode?: number;
  response?: string;
}

const MAILBOX_FULL_OR_TOO_LARGE = 552;

function judge(thrown: unknown): Verdict {
  const error = thrown as SmtpError;
  const reason = error.response ?? error.message;
  if (error.code === 'ETIMEDOUT') return { outcome: 'timeout', reason };
  return { outcome: refusesForEver(error) ? 'refused' : 'unavailable', reason };
}

/** Only what the server says of the recipient or the content: a refused login or sender can be mended. */
function refusesForEver({ command, responseCode = 0 }: SmtpError): boolean {
  if (command === 'MAIL FROM') return responseCode === MAILBOX_FULL_OR_TOO_LARGE;
  return responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA');
}
