package io.firesteel.internal.data;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The free space of the disk that a file goes to. */
final class DiskSpace {

  private static final int ATTEMPTS = 20;

  private DiskSpace() {}

  /**
   * Checks that a new file has enough space. The files of shards that nobody uses any more are
   * freed by garbage collection, so one is asked for before giving up.
   *
   * @throws IllegalStateException if there is not enough space
   */
  static void require(Path path, long bytes) {
    Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent());
    for (int attempt = 0; folder.toFile().getUsableSpace() < bytes; attempt++) {
      if (attempt == ATTEMPTS) {
        throw new IllegalStateException(
            "A shard needs %d bytes in %s, which has %d free. Give spark.local.dir more space, executors more memory, or use more executors"
                .formatted(bytes, folder, folder.toFile().getUsableSpace()));
      }

      System.gc();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }
}
