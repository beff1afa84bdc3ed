package io.firesteel.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FsStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsAction;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.jspecify.annotations.Nullable;

/** The local disk under the scheme {@code full}, whose room ends when a test says so. */
public final class FullFs extends RawLocalFileSystem {

  /** The scheme. */
  public static final String SCHEME = "full";

  private static final String KEY = "fs.full.impl";

  private static final String CONTEXT_KEY = "fs.AbstractFileSystem.full.impl";

  private static volatile boolean full;
  private static volatile @Nullable String bug;
  private static volatile long remaining = Long.MAX_VALUE;

  /** Makes the scheme known to a configuration. */
  public static void in(Configuration conf) {
    conf.set(KEY, FullFs.class.getName());
    conf.set(CONTEXT_KEY, Context.class.getName());
  }

  /** Says whether every write from now on fails. */
  public static void full(boolean is) {
    full = is;
  }

  /** Makes every write from now on fail with an exception that none of them declares, or not. */
  public static void bug(@Nullable String message) {
    bug = message;
  }

  /** Says how many bytes are free. */
  public static void remaining(long bytes) {
    remaining = bytes;
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + "://disk");
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  protected void checkPath(Path path) {
    if (path.toUri().getScheme() != null && !SCHEME.equals(path.toUri().getScheme())) {
      throw new IllegalArgumentException("Wrong file system: " + path);
    }
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    FSDataOutputStream out =
        super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
    return new FSDataOutputStream(new Filling(out), null);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    FSDataOutputStream out =
        super.create(path, overwrite, bufferSize, replication, blockSize, progress);
    return new FSDataOutputStream(new Filling(out), null);
  }

  /** Whoever asks may. */
  @Override
  public void access(Path path, FsAction mode) {}

  @Override
  public FsStatus getStatus(Path path) {
    return new FsStatus(Long.MAX_VALUE, 0, remaining);
  }

  /** The same for {@code FileContext}. */
  public static final class Context extends DelegateToFileSystem {
    /** Called by Hadoop. */
    public Context(URI uri, Configuration conf) throws IOException, URISyntaxException {
      super(uri, new FullFs(), conf, SCHEME, false);
    }
  }

  private static final class Filling extends OutputStream {
    private final OutputStream out;

    Filling(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      String message = bug;
      if (message != null) {
        throw new UnsupportedOperationException(message);
      }

      if (full) {
        throw new IOException("No space left on device");
      }

      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
