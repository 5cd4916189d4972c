/** The user k6's image runs as; the others of the test run as the same, for the files they share. */
export const K6_USER = 12_345;
/** Where the volume for the results is mounted. */
export const RESULTS = '/results';

export const podSecurity = { runAsNonRoot: true, runAsUser: K6_USER, runAsGroup: K6_USER, fsGroup: K6_USER, seccompProfile: { type: 'RuntimeDefault' } };
export const containerSecurity = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
