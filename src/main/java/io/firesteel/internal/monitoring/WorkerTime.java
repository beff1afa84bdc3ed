package io.firesteel.internal.monitoring;

/**
 * How long one worker took for its shards since it came.
 *
 * @param worker its index
 * @param executor the executor it runs on
 * @param host the host of that
 * @param firstShard its first shard
 * @param endShard the shard after its last one
 * @param steps the steps it took part in
 * @param meanMillis the mean milliseconds a step
 * @param recentMillis the mean milliseconds a step since the last report
 * @param lastMillis the milliseconds of its last step
 * @param maxMillis the milliseconds of its slowest step
 */
public record WorkerTime(
    int worker,
    String executor,
    String host,
    int firstShard,
    int endShard,
    long steps,
    double meanMillis,
    double recentMillis,
    double lastMillis,
    double maxMillis) {}
