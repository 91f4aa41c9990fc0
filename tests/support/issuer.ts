import { EventEmitter } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { listen } from './listen.js';
import { event } from './wait.js';

/** Of `localhost` and 127.0.0.1, made for these tests and worth nothing elsewhere; until the year 2126. */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBpjCCAUugAwIBAgIUaom4lQrfcXvgZNwArxFi0n3zTbIwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOdG9sbGdhdGUgdGVzdHMwIBcNMjYxMTIxMTEwMjEwWhgPMjEy
NjEwMjgxMTAyMTBaMBkxFzAVBgNVBAMMDnRvbGxnYXRlIHRlc3RzMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE5jjxoACoZ1dl191OoaaJBmL3Pcq8B6hctv/MqZ+Q
CySDceZC9e1Lj+dt3BNCivBXbEEBvbNgarA+kflFtEdR4aNvMG0wHQYDVR0OBBYE
FPAICVp+OJeNgA+xcYc8afs++pBcMB8GA1UdIwQYMBaAFPAICVp+OJeNgA+xcYc8
afs++pBcMA8GA1UdEwEB/wQFMAMBAf8wGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/
AAABMAoGCCqGSM49BAMCA0kAMEYCIQCSkj3VBY9IvrLJa3hA4g1n4IUCaiB70vq1
L8DukRnUOwIhAM9t5Mho/PTfz/Kftqk3nb8UKZAUCQlapm6EzxSYmIWL
-----END CERTIFICATE-----
`;
const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgnwehxhRZQiphNIr3
i1LyTiHnu0vNfrg7rmjq7/2r+g+hRANCAATmOPGgAKhnV2XX3U6hpokGYvc9yrwH
qFy2/8ypn5ALJINx5kL17UuP523cE0KK8FdsQQG9s2BqsD6R+UW0R1Hh
-----END PRIVATE KEY-----
`;

export interface IssuerAnswer {
  status?: number;
  body?: string;
  /** It is asked and does not answer. */
  silent?: true;
}

export interface Issuer {
  port: number;
  answer: IssuerAnswer;
  asked: number;
  /** Connections that were made, whether or not anything was asked on them. */
  connections: number;
  /** Resolves when it was asked that often since it was started. */
  askedTimes(count: number): Promise<void>;
  /** Resolves when somebody has connected. */
  connected(): Promise<void>;
  close(): Promise<void>;
}

/** The server of an issuer, which hands out what `answer` says at the time. */
export async function startIssuer(answer: IssuerAnswer, { tls = false } = {}): Promise<Issuer> {
  const calls = new EventEmitter();
  const respond: RequestListener = (_request, response) => {
    const { status = 200, body = '', silent } = issuer.answer;
    issuer.asked++;
    calls.emit('asked');
    if (!silent) response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  };
  const server = tls ? createTlsServer({ cert: certificate, key: privateKey }, respond) : createServer(respond);
  const issuer: Issuer = {
    port: await listen(server),
    answer,
    asked: 0,
    connections: 0,
    async askedTimes(count) {
      while (issuer.asked < count) await event(`${count} questions to the issuer`, calls, 'asked');
    },
    async connected() {
      while (issuer.connections < 1) await event('a connection to the issuer', calls, 'connected');
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await event('the issuer to close', server, 'close');
    },
  };
  server.on('connection', () => {
    issuer.connections++;
    calls.emit('connected');
  });
  return issuer;
}
