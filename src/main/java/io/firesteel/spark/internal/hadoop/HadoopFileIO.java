package io.firesteel.spark.internal.hadoop;

import io.firesteel.internal.files.FileIO;
import io.firesteel.internal.monitoring.Causes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The files of every Hadoop file system.
 *
 * <p>Writing ends in a rename over the target. It is atomic on HDFS; on object stores it is as
 * atomic as their connector makes it, which for most is a copy.
 */
public final class HadoopFileIO implements FileIO {

  private final Configuration hadoopConf;

  /**
   * Creates it with the Hadoop configuration of the active Spark session, or with that of the class
   * path where there is no session. {@link FileIO#of} uses this constructor.
   */
  public HadoopFileIO() {
    this(activeConfiguration());
  }

  /** Creates it with a Hadoop configuration. */
  public HadoopFileIO(Configuration hadoopConf) {
    this.hadoopConf = hadoopConf;
  }

  @Override
  public InputStream open(String path) throws IOException {
    Path file = HadoopPath.of(path);
    return context(file).open(file);
  }

  @Override
  public void write(String path, Content content) throws IOException {
    Path target = HadoopPath.ofFile(path);
    FileContext files = context(target);
    Path temporary =
        new Path(target.getParent(), "." + target.getName() + "." + UUID.randomUUID() + ".tmp");
    try {
      writeDurably(files, temporary, content);
      files.rename(temporary, target, Options.Rename.OVERWRITE);
    } catch (IOException | RuntimeException | Error e) {
      removeAfter(e, files, temporary);
      throw e;
    }
  }

  @Override
  public OutputStream create(String path) throws IOException {
    Path file = HadoopPath.ofFile(path);
    FSDataOutputStream stream =
        context(file)
            .create(file, EnumSet.of(CreateFlag.CREATE), Options.CreateOpts.createParent());
    return new BufferedOutputStream(stream) {
      @Override
      public synchronized void flush() throws IOException {
        super.flush();
        stream.hflush();
      }
    };
  }

  @Override
  public void requireWritable(String path) throws IOException {
    Path target = HadoopPath.ofFile(path);
    FileContext files = context(target);
    if (files.util().exists(target) && files.getFileStatus(target).isDirectory()) {
      throw new IOException("%s is a folder".formatted(path));
    }

    Path probe = new Path(target.getParent(), ".firesteel." + UUID.randomUUID() + ".tmp");
    writeDurably(files, probe, out -> {});
    files.delete(probe, false);
  }

  @Override
  public boolean exists(String path) throws IOException {
    Path file = HadoopPath.of(path);
    return context(file).util().exists(file);
  }

  /**
   * Returns the file context of a path, with its file system as the default one: a context makes a
   * new client for every call that leaves its default file system.
   */
  public static FileContext context(Path path, Configuration hadoopConf) throws IOException {
    try {
      return path.toUri().getScheme() == null
          ? FileContext.getFileContext(hadoopConf)
          : FileContext.getFileContext(path.toUri(), hadoopConf);
    } catch (RuntimeException e) {
      throw new IOException("There is no file system for it: " + Causes.first(e), e);
    }
  }

  /** Writes a new file, makes its missing parents, and has it on disk at the end. */
  public static void writeDurably(FileContext files, Path file, Content content)
      throws IOException {
    try {
      writeAndClose(files, file, content);
    } catch (FSError e) {
      throw new IOException("Cannot write %s: %s".formatted(file, Causes.first(e)), e);
    }
  }

  /**
   * A stream of HDFS that is broken throws the same exception from write and from close, which
   * try-with-resources can't take.
   */
  private static void writeAndClose(FileContext files, Path file, Content content)
      throws IOException {
    FSDataOutputStream out =
        files.create(
            file,
            EnumSet.of(CreateFlag.CREATE, CreateFlag.OVERWRITE),
            Options.CreateOpts.createParent());
    try {
      OutputStream buffered = new BufferedOutputStream(out, 1 << 16);
      content.writeTo(buffered);
      buffered.flush();
      out.hsync();
    } catch (IOException | RuntimeException | Error e) {
      try {
        out.close();
      } catch (IOException | RuntimeException again) {
        addSuppressed(e, again);
      }

      throw e;
    }

    out.close();
  }

  private FileContext context(Path path) throws IOException {
    return context(path, hadoopConf);
  }

  /** Removes a file because of a failure, which keeps what goes wrong with that. */
  static void removeAfter(Throwable failure, FileContext files, Path file) {
    try {
      files.delete(file, false);
    } catch (IOException e) {
      addSuppressed(failure, e);
    }
  }

  /** HDFS's client throws an exception again that it has thrown, which can't suppress itself. */
  static void addSuppressed(Throwable failure, Throwable other) {
    if (failure != other) {
      failure.addSuppressed(other);
    }
  }

  private static Configuration activeConfiguration() {
    var session = SparkSession.getActiveSession();
    if (session.isEmpty()) {
      session = SparkSession.getDefaultSession();
    }

    return session.isEmpty()
        ? new Configuration()
        : session.get().sparkContext().hadoopConfiguration();
  }
}
