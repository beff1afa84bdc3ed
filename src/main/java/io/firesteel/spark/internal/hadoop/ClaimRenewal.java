package io.firesteel.spark.internal.hadoop;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews a claim from time to time, on a thread of its own, until it is closed. */
public final class ClaimRenewal implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ClaimRenewal.class);

  /** How often in a lease, so that one that fails does no harm. */
  private static final int TIMES = 3;

  private final ScheduledThreadPoolExecutor thread;

  /** Starts to renew. */
  public ClaimRenewal(WriterClaim claim, Duration lease) {
    thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread renewer = new Thread(task, "firesteel-checkpoint-claim");
              renewer.setDaemon(true);
              return renewer;
            });
    long millis = Math.max(1, lease.toMillis() / TIMES);
    thread.scheduleWithFixedDelay(() -> renew(claim), millis, millis, TimeUnit.MILLISECONDS);
  }

  private static void renew(WriterClaim claim) {
    try {
      claim.renew();
    } catch (IOException | RuntimeException e) {
      LOG.debug("A claim could not be renewed", e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
