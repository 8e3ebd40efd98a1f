// The wallet program, for codes that need no phone; and HR's API, for passports that need no form.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export class CliWallet {
  constructor(network, name) {
    this.network = network;
    this.store = join(network.folder, `${name}-wallet`);
    this.run('init', '--registry', network.registry, '--operator-key', join(network.folder, 'operator.jwks.json'));
  }

  run(...args) {
    const env = { ...process.env, WALLET_PASSPHRASE: 'correct horse battery staple' };
    const program = join(this.network.programs, 'wallet');
    return execFileSync(program, [...args, '--store', this.store], { env, encoding: 'utf8', stdio: 'pipe' });
  }

  receive({ offer }) {
    this.run('receive', offer.uri, '--tx-code', offer.tx_code, '--yes');
  }

  /** The text of a fresh code; several parts are lines. */
  code(requirement, { host = 'R0A', deskCode } = {}) {
    const more = deskCode ? ['--desk-code', deskCode] : [];
    return this.run('present', '--to', host, '--for', requirement, '--text', ...more).replace(/\n$/, '');
  }
}

async function api(network, path, body, method = 'POST') {
  const response = await fetch(`${network.issuer}/api/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${network.tokens.issuer}` },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

export const createPassport = (network, claims) => api(network, 'passports', claims);
/** What HR does with a passport: `suspend`, `reinstate`, `offer`. */
export const act = (network, id, deed, reason) => api(network, `passports/${id}/${deed}`, { reason });
/** A benign change: the old copies stay good. */
export const change = (network, id, checks) => api(network, `passports/${id}/checks`, { kind: 'BENIGN', checks }, 'PATCH');
export const revoke = (network, id, reason) => api(network, `passports/${id}/revoke`, { reason });

/** A passport in a wallet of its own. */
export async function holder(network, name, claims = network.nurse) {
  const passport = await createPassport(network, claims);
  const wallet = new CliWallet(network, name);
  wallet.receive(passport);
  return { passport, wallet };
}
