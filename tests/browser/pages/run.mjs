// Runs one script of this folder against a running network:
//   node run.mjs NAME CONFIG.json
// CONFIG says where (tests/src/network.rs writes it):
//   { issuer, verifier, wallet, registry, folder, invitations: { issuer: { hr_issuer: LINK, … }, … } }
// The last line printed is what it found, as JSON.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { People } from './lib/browser.mjs';
import { Report } from './lib/report.mjs';

const [name, file] = process.argv.slice(2);
const network = JSON.parse(readFileSync(file, 'utf8'));
const report = new Report();
const people = new People(report);
const shots = process.env.SHOTS ? join(process.env.SHOTS, name) : undefined;
try {
  const { default: script } = await import(`./${name}.mjs`);
  await script({ network, report, people, shots });
} catch (error) {
  report.check(`${name} runs to its end`, false, error.stack);
} finally {
  await people.close();
}
const { passed, failed, figures } = report;
process.stdout.write(`${JSON.stringify({ passed, failed, figures })}\n`);
process.exit(failed.length === 0 && passed > 0 ? 0 : 1);
