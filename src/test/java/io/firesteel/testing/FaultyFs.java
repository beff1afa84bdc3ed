package io.firesteel.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.EnumSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.AbstractFileSystem;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FilterFs;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** A Hadoop file system whose operations fail as a {@link FaultPlan} says. */
public final class FaultyFs extends FilterFs {

  private static final String ORIGINAL = "firesteel.test.original-fs";
  private static final String PLAN = "firesteel.test.fault-plan";

  private final FaultPlan plan;

  /** Called by Hadoop. */
  public FaultyFs(URI uri, Configuration conf) throws IOException, URISyntaxException {
    super(AbstractFileSystem.createFileSystem(uri, without(uri, conf)));
    this.plan = FaultPlan.byId(conf.get(PLAN));
  }

  /** Returns a configuration in which the file systems of a scheme follow a plan. */
  public static Configuration configuration(Configuration base, String scheme, FaultPlan plan) {
    Configuration conf = new Configuration(base);
    conf.set(ORIGINAL, base.get(key(scheme)));
    conf.set(key(scheme), FaultyFs.class.getName());
    conf.set(PLAN, plan.id());
    return conf;
  }

  private static Configuration without(URI uri, Configuration conf) {
    Configuration plain = new Configuration(conf);
    plain.set(key(uri.getScheme()), conf.get(ORIGINAL));
    return plain;
  }

  private static String key(String scheme) {
    return "fs.AbstractFileSystem." + scheme + ".impl";
  }

  @Override
  public FSDataOutputStream createInternal(
      Path path,
      EnumSet<CreateFlag> flags,
      FsPermission permission,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress,
      Options.ChecksumOpt checksum,
      boolean createParent)
      throws IOException {
    FSDataOutputStream out =
        plan.run(
            "create " + path.getName(),
            () ->
                super.createInternal(
                    path,
                    flags,
                    permission,
                    bufferSize,
                    replication,
                    blockSize,
                    progress,
                    checksum,
                    createParent));
    return new FSDataOutputStream(new FaultyStream(path.getName(), out, plan), null);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    return plan.run("delete " + path.getName(), () -> super.delete(path, recursive));
  }

  @Override
  public void renameInternal(Path from, Path to, boolean overwrite) throws IOException {
    plan.run(
        "rename to " + to.getName(),
        () -> {
          super.renameInternal(from, to, overwrite);
          return true;
        });
  }

  @Override
  public FSDataInputStream open(Path path) throws IOException {
    return plan.run("open " + path.getName(), () -> super.open(path));
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    return plan.run("open " + path.getName(), () -> super.open(path, bufferSize));
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    return plan.run("list " + path.getName(), () -> super.listStatus(path));
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    return plan.run("status of " + path.getName(), () -> super.getFileStatus(path));
  }

  /** A stream that may break off in the middle of a write. */
  private static final class FaultyStream extends OutputStream implements Syncable {
    private final String name;
    private final FSDataOutputStream out;
    private final FaultPlan plan;
    private boolean closed;

    FaultyStream(String name, FSDataOutputStream out, FaultPlan plan) {
      this.name = name;
      this.out = out;
      this.plan = plan;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int half = length / 2;
      out.write(bytes, offset, half);
      plan.run(
          "write " + name,
          () -> {
            out.write(bytes, offset + half, length - half);
            return true;
          });
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void hflush() throws IOException {
      out.hflush();
    }

    @Override
    public void hsync() throws IOException {
      plan.run(
          "hsync " + name,
          () -> {
            out.hsync();
            return true;
          });
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }

      closed = true;
      plan.run(
          "close " + name,
          () -> {
            out.close();
            return true;
          });
    }
  }
}
