import type { ChannelOptions } from '@grpc/grpc-js';
import { MAX_MESSAGE_BYTES } from './message-bytes.ts';

const SCHEME = /^(dns|ipv4|ipv6|unix):/;

/** `host:port` as a name to look up; an address that names its way of being looked up stays. */
export function targetOf(address: string): string {
  return SCHEME.test(address) ? address : `dns:///${address}`;
}

/** What both ends do to notice within a minute that the other is gone without a word. */
const KEEPALIVE: ChannelOptions = {
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
};

export const CHANNEL_OPTIONS: ChannelOptions = {
  ...KEEPALIVE,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  // Else every look-up of a name asks for a TXT record too.
  'grpc.service_config_disable_resolution': 1,
  'grpc.dns_min_time_between_resolutions_ms': 5_000,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  // Services are inside; `http_proxy` of the environment leads outside.
  'grpc.enable_http_proxy': 0,
};

export const SERVER_OPTIONS: ChannelOptions = {
  ...KEEPALIVE,
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_concurrent_streams': 1_000,
  // Clients look their name up again when a connection ends: so they find processes that were added.
  'grpc.max_connection_age_ms': 300_000,
  'grpc.max_connection_age_grace_ms': 30_000,
};
