/**
 * Programs that measure, run by {@code spark-jobs/benchmark.sh}. Each prints tables in Markdown,
 * and compares within one run: the machines that it runs on may be noisy.
 */
package io.firesteel.benchmark;
