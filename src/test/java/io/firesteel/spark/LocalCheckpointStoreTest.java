package io.firesteel.spark;

import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.io.TempDir;

class LocalCheckpointStoreTest extends CheckpointStoreContract {

  @TempDir static java.nio.file.Path folder;

  @Override
  Configuration conf() {
    return new Configuration();
  }

  @Override
  Path root() {
    return new Path(URI.create("file://" + folder));
  }
}
