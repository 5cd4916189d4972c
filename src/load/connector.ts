import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import type { TargetPlan } from './plan.ts';

/** How long it took to open a connection; `tlsMs` is null without TLS. */
export interface Opening {
  connectMs: number;
  tlsMs: number | null;
}

/**
 * Opens connections to the guarded addresses only, and times them. Certificates are verified unless the target says
 * otherwise; every handshake is a full one, as of a client that comes for the first time. `abandon` gives up on one that
 * is still being opened.
 */
export function connectorOf(target: TargetPlan, onOpened: (opening: Opening) => void): { connect: buildConnector.connector; abandon: () => void } {
  const lookup = pinnedLookup(target.addresses);
  let opening: Socket | null = null;
  const connect: buildConnector.connector = ({ hostname, port, protocol, servername }, callback) => {
    const beganMs = performance.now();
    let connectMs = 0;
    const secure = protocol === 'https:';
    const where = { host: hostname, port: Number(port) || (secure ? 443 : 80), lookup, noDelay: true, keepAlive: true };
    const name = servername ?? (isIP(hostname) === 0 ? hostname : '');
    const socket: Socket = secure ? connectTls({ ...where, servername: name, rejectUnauthorized: !target.insecureTls, ALPNProtocols: ['http/1.1'] }) : connectTcp(where);
    opening = socket;
    const connected = (): void => {
      connectMs = performance.now() - beganMs;
      if (secure) return;
      onOpened({ connectMs, tlsMs: null });
      done();
    };
    const secured = (): void => {
      onOpened({ connectMs, tlsMs: performance.now() - beganMs - connectMs });
      done();
    };
    const done = (): void => {
      opening = null;
      socket.off('error', failed);
      callback(null, socket);
    };
    const failed = (error: Error): void => {
      opening = null;
      // More errors may follow the first.
      socket.on('error', () => undefined);
      callback(error, null);
    };
    socket.once('connect', connected).once('error', failed);
    if (secure) socket.once('secureConnect', secured);
  };
  return { connect, abandon: () => opening?.destroy() };
}

/** Answers every look-up with the addresses that the guard let through. */
export function pinnedLookup(addresses: TargetPlan['addresses']): LookupFunction {
  return (hostname, options, callback) => {
    const [first] = addresses;
    if (first === undefined) {
      callback(Object.assign(new Error(`no address is known for ${hostname}`), { code: 'ENOTFOUND' }), '');
    } else if (options.all === true) {
      callback(null, [...addresses]);
    } else {
      callback(null, first.address, first.family);
    }
  };
}
