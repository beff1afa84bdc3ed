package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.VersionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class LocationsTest {

  @TempDir Path folder;

  private final Locations locations = new Locations(new Configuration());

  @Test
  void localPathsLoseTheirSchemeAndBecomeWhole() throws Exception {
    assertEquals("/a b/c.keras", locations.file("f", "file:/a b/c.keras"));
    assertEquals("/a b/c.keras", locations.file("f", "/a b", "c.keras"));
    assertEquals(Path.of("x/y").toAbsolutePath().toString(), locations.file("f", "x/y"));
  }

  @Test
  void aFolderIsWritableIfItOrItsParentIs() throws Exception {
    locations.requireWritableFolder("output.path", folder.toString());
    locations.requireWritableFolder("output.path", folder.resolve("a/b/c").toString());
    assertFalse(Files.exists(folder.resolve("a")));
  }

  @Test
  void whatStandsInTheWayIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "text");
    assertEquals(
        "output.path: file:%s/x/y can't be a folder, for file:%s is a file".formatted(file, file),
        refusal(() -> locations.requireWritableFolder("output.path", file + "/x/y")));
    assertEquals(
        "output.path: file:%s can't be a folder, for file:%s is a file".formatted(file, file),
        refusal(() -> locations.requireWritableFolder("output.path", file.toString())));
    assertEquals(
        "model.path: there is no file file:%s/none".formatted(folder),
        refusal(() -> locations.read("model.path", folder + "/none")));
    assertEquals(
        "output.path: nosuch://x/y is no usable path: No FileSystem for scheme \"nosuch\"",
        refusal(() -> locations.file("output.path", "nosuch://x/y")));
  }

  /** A file system that fails as Hadoop's do on a Java without what they ask it for. */
  public static final class OnLaterJava extends RawLocalFileSystem {
    @Override
    public void initialize(URI uri, Configuration conf) {
      throw new UnsupportedOperationException("getSubject is not supported");
    }
  }

  @Test
  void aJavaThatHadoopDoesNotKnowIsNamed() {
    Configuration conf = new Configuration();
    conf.setClass("fs.later.impl", OnLaterJava.class, FileSystem.class);
    assertEquals(
        "Hadoop %s, which this Spark brings, does not run with Java %s (getSubject is not supported). Use Java 17"
            .formatted(VersionInfo.getVersion(), System.getProperty("java.version")),
        refusal(() -> new Locations(conf).file("data.path", "later://a/b")));
  }

  @Test
  void pathsThatAreNoPathsAreNamed() {
    assertEquals(
        "model.path: file:%s is a folder".formatted(folder),
        refusal(() -> locations.read("model.path", folder.toString())));
    assertEquals(
        "output.path: '' is no usable path: Can not create a Path from an empty string",
        refusal(() -> locations.file("output.path", "", "model.keras")));
    String s3a = refusal(() -> locations.file("output.path", "s3a://bucket/x", "model.keras"));
    assertTrue(
        s3a.startsWith("output.path: s3a://bucket/x is no usable path: ")
            && s3a.contains(
                "Its jar is missing: spark-submit --packages org.apache.hadoop:hadoop-aws:3."),
        s3a);
  }

  @Test
  void aFolderWithoutThePermissionIsRefused() throws Exception {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    assertTrue(closed.toFile().setWritable(false));
    try {
      if (Files.isWritable(closed)) {
        locations.requireWritableFolder("output.path", closed + "/x");
      } else {
        assertEquals(
            "output.path: file:%s/x can't be written, for file:%s is not writable"
                .formatted(closed, closed),
            refusal(() -> locations.requireWritableFolder("output.path", closed + "/x")));
      }
    } finally {
      assertTrue(closed.toFile().setWritable(true));
    }
  }

  private static String refusal(Executable work) {
    return assertThrows(IOException.class, work).getMessage();
  }
}
