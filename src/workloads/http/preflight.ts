import { BenchError, EXIT } from '../../errors.ts';
import { exchangeOnce } from '../../load/exchange-once.ts';
import type { ErrorKind } from '../../load/result.ts';
import type { Target } from '../../target/target.ts';
import { requestPlan, targetPlan } from './requests.ts';

const HINTS: Partial<Record<ErrorKind, string>> = {
  refused: 'Start the service, or correct target.baseUrl or --target.',
  dns: 'Correct the host name in target.baseUrl or --target.',
  tls: 'Give the target a certificate that this machine trusts (NODE_EXTRA_CA_CERTS for a private one), or pass --insecure.',
  timeout: 'Check that the address and port are right and that no firewall is in between.',
};

/**
 * One GET of the base URL before any load: does it answer at all, does its certificate verify (unless `insecureTls`).
 * Any status will do. Throws a BenchError (5) where no answer comes.
 */
export async function preflight(target: Target, options: { timeoutMs: number; insecureTls: boolean }): Promise<{ status: number; connectionClose: boolean }> {
  const request = requestPlan({ method: 'GET', path: '/', headers: {} }, {}, target, {});
  const answer = await exchangeOnce(targetPlan(target, options.insecureTls), request, { timeoutMs: options.timeoutMs, keepBodyBytes: 0 });
  if (answer.type === 'failed') {
    throw new BenchError(EXIT.unreachable, `${target.label} does not answer: ${answer.reason}`, { hint: HINTS[answer.kind] ?? 'Check the target, then run again.' });
  }
  return { status: answer.status, connectionClose: /\bclose\b/i.test(answer.headers['connection'] ?? '') };
}
