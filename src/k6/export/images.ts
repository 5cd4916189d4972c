/** Every image of a test, each with its version: what ran last month runs again. */
export const K6_IMAGE = 'grafana/k6:2.2.0';
/** What begins the test; the operator's own default is whatever was released last. */
export const STARTER_IMAGE = 'ghcr.io/grafana/k6-operator:starter-v1.6.0';
export const COLLECTOR_IMAGE = 'busybox:1.37.0';
export const UPLOAD_IMAGE = 'rclone/rclone:1.70.3';

/** `registry:5000/team/k6:2.2.0`, `k6@sha256:…`, or both. A tag without a number (latest, master) means another image tomorrow. */
export function isPinned(image: string): boolean {
  const [, tag, digest] = /^[a-z0-9][\w.-]*(?::\d+(?=\/))?(?:\/[\w.-]+)*?(?::(\w[\w.-]{0,127}))?(@sha256:[0-9a-f]{64})?$/.exec(image) ?? [];
  if (digest !== undefined) return true;
  return tag !== undefined && /\d/.test(tag) && !/(^|[._-])latest([._-]|$)/i.test(tag);
}
