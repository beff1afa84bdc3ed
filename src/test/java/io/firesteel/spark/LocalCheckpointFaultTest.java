package io.firesteel.spark;

import io.firesteel.testing.FaultPlan.Fault;
import java.net.URI;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.io.TempDir;

class LocalCheckpointFaultTest extends CheckpointFaultContract {

  @TempDir static java.nio.file.Path folder;

  /** Without the files of checksums, which double the time: each operation starts a process. */
  @Override
  Configuration conf() {
    Configuration conf = new Configuration();
    conf.set("fs.AbstractFileSystem.file.impl", "org.apache.hadoop.fs.local.RawLocalFs");
    conf.set("fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem");
    conf.setBoolean("fs.file.impl.disable.cache", true);
    return conf;
  }

  @Override
  Stream<Fault> faults() {
    return Stream.of(Fault.CRASH_BEFORE);
  }

  @Override
  Path root() {
    return new Path(URI.create("file://" + folder));
  }
}
