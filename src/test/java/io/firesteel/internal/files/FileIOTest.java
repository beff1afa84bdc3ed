package io.firesteel.internal.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileIOTest {

  @TempDir Path folder;

  private static FileIO.Content text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aFileIsWrittenReplacedAndRead() throws IOException {
    String path = folder.resolve("new/deep/file").toString();
    FileIO files = FileIO.of(path);

    assertFalse(files.exists(path));
    files.write(path, text("one"));
    files.write(path, text("two"));

    assertTrue(files.exists(path));
    try (InputStream in = files.open(path)) {
      assertEquals("two", new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }

    assertEquals(List.of("file"), names(folder.resolve("new/deep")));
  }

  @Test
  void aNewFileCanBeReadWhileItGrows() throws IOException {
    String path = folder.resolve("new/deep/log").toString();
    FileIO files = FileIO.of(path);
    try (OutputStream out = files.create(path)) {
      text("one").writeTo(out);
      out.flush();
      assertEquals("one", Files.readString(Path.of(path)));
      text("two").writeTo(out);
    }

    assertEquals("onetwo", Files.readString(Path.of(path)));
    assertThrows(FileAlreadyExistsException.class, () -> files.create(path));
  }

  @Test
  void contentThatFailsLeavesTheOldFile() throws IOException {
    Path file = folder.resolve("file");
    FileIO files = FileIO.of(file.toString());
    files.write(file.toString(), text("old"));

    assertEquals(
        "no more",
        assertThrows(
                IOException.class,
                () ->
                    files.write(
                        file.toString(),
                        out -> {
                          out.write(new byte[100_000]);
                          throw new IOException("no more");
                        }))
            .getMessage());
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("file"), names(folder));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void aMissingFileIsReported() {
    String path = folder.resolve("none").toString();

    assertEquals(
        "There is no file " + path,
        assertThrows(FileNotFoundException.class, () -> FileIO.of(path).open(path)).getMessage());
  }

  @Test
  void aFolderIsNotWritten() {
    assertEquals(
        "Cannot write the file " + folder + ": it is a folder",
        assertThrows(
                IOException.class,
                () -> FileIO.of(folder.toString()).write(folder.toString(), text("x")))
            .getMessage());
  }

  @Test
  void theSchemeOfLocalFilesIsUnderstood() throws IOException {
    Path file = folder.resolve("with space %20");
    for (String prefix : List.of("file:", "file://", "FILE:")) {
      String path = prefix + file;
      FileIO.of(path).write(path, text(prefix));
      assertEquals(prefix, Files.readString(file));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:relative", "file://host/file"})
  void pathsThatAreNoLocalFilesAreRefused(String path) {
    assertEquals(
        "The path '" + path + "' is no local file. Allowed: a path, or file:///path",
        assertThrows(IllegalArgumentException.class, () -> FileIO.of(path).exists(path))
            .getMessage());
  }

  @Test
  void aDriveLetterIsNoScheme() {
    assertEquals("", LocalFileIO.schemeOf("C:\\models\\m.keras"));
    assertEquals("", LocalFileIO.schemeOf("a/b:c"));
    assertEquals("s3a", LocalFileIO.schemeOf("s3a://bucket/m.keras"));
  }

  @Test
  void otherSchemesAreHadoops() {
    assertEquals(
        "io.firesteel.spark.internal.hadoop.HadoopFileIO",
        FileIO.of("hdfs://host/file").getClass().getName());
    assertInstanceOf(LocalFileIO.class, FileIO.of("file"));
  }

  @Test
  void withoutAProviderOtherSchemesAreRefused() throws Exception {
    Class<?> alone = new WithoutProviders().loadClass(FileIO.class.getName());

    InvocationTargetException error =
        assertThrows(
            InvocationTargetException.class,
            () -> alone.getMethod("of", String.class).invoke(null, "hdfs://host/file"));

    assertEquals(
        "The path 'hdfs://host/file' has the scheme 'hdfs', which needs Firesteel's Hadoop support"
            + " on the class path. Allowed without it: a local path",
        error.getCause().getMessage());
  }

  /** Loads the package anew and finds no providers. */
  private static final class WithoutProviders extends ClassLoader {

    WithoutProviders() {
      super(FileIO.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("io.firesteel.internal.files.")) {
        return super.loadClass(name, resolve);
      }

      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }

    @Override
    public Enumeration<URL> getResources(String name) {
      return Collections.emptyEnumeration();
    }
  }
}
