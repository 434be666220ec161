/**
 * Which version of BullMQ the suite is of, and what its tests import.
 *
 * @module
 */

/** Revision of BullMQ's repository: the tests are not in its npm package. */
export const REVISION = "352d3c72bf2bc5ec851630a4cdcba7d44c313ed0";

/** Packages and their versions: BullMQ, what it depends on, and what the tests import. */
export const VERSIONS: Readonly<Record<string, string>> = {
  bullmq: "6.2.0",
  "cron-parser": "5.10.0",
  ioredis: "5.11.1",
  moment: "2.31.0",
  msgpackr: "2.0.5",
  "node-abort-controller": "3.1.1",
  pg: "8.23.0",
  progress: "2.0.3",
  redis: "6.2.1",
  rrule: "2.8.1",
  semver: "7.8.5",
  sinon: "22.1.0",
  tslib: "2.8.1",
  vitest: "4.1.11",
};

/** The test files that run by default, without what concerns one other client or no Redis at all. */
export const FILES: readonly string[] = [
  "bulk",
  "clean",
  "clean.redis",
  "concurrency",
  "deduplication",
  "delay",
  "delay.redis",
  "events",
  "events.redis",
  "flow",
  "flow.redis",
  "getters",
  "getters.redis",
  "job",
  "job.redis",
  "job_cancellation",
  "job_cancellation_advanced",
  "job_scheduler",
  "job_scheduler.redis",
  "job_scheduler_stress",
  "lock_manager",
  "metrics",
  "obliterate",
  "obliterate.redis",
  "pause",
  "queue",
  "queue.redis",
  "rate_limiter",
  "scripts",
  "stalled_jobs",
  "telemetry_interface",
  "worker",
  "worker.redis",
];
