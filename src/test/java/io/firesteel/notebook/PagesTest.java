package io.firesteel.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.testing.LocalSpark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The programs of the README and of the pages run as they stand: Java ones with a {@code main}, and
 * Scala ones, one after the other from the top. Java that is a part of a program is not run.
 */
@Tag("spark")
class PagesTest {

  private static final Pattern BLOCK =
      Pattern.compile("^```(java|scala)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern MAIN =
      Pattern.compile("public class (\\w+) \\{\n  public static void main");

  @TempDir static Path folder;

  private static SparkSession spark;

  record Program(Path page, String language, String code) {
    @Override
    public String toString() {
      return page.getFileName() + ", " + language + ": " + code.lines().findFirst().orElse("");
    }
  }

  static Stream<Program> programs() throws IOException {
    try (Stream<Path> pages = Files.list(Path.of("src/site/markdown"))) {
      return Stream.concat(Stream.of(Path.of("README.md")), pages.sorted())
          .filter(page -> page.toString().endsWith(".md"))
          .flatMap(PagesTest::programs)
          .toList()
          .stream();
    }
  }

  private static Stream<Program> programs(Path page) {
    try {
      List<MatchResult> blocks = BLOCK.matcher(Files.readString(page)).results().toList();
      return blocks.stream()
          .map(block -> new Program(page, block.group(1), block.group(2)))
          .filter(it -> it.language().equals("scala") || MAIN.matcher(it.code()).find());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @BeforeAll
  static void startSpark() throws IOException {
    Files.createDirectories(folder.resolve("classes"));
    spark = LocalSpark.session("local[2]", ScalaSession.CLASSES + "=" + folder.resolve("classes"));
  }

  @AfterAll
  static void stopSpark() {
    LocalSpark.stop();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void runs(Program program) throws Exception {
    String code = program.code().replace("work/", folder + "/");
    String output = program.language().equals("java") ? runJava(code) : runScala(code);
    assertFalse(output.isBlank());
  }

  private static String runScala(String code) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ScalaSession session = new ScalaSession(spark)) {
      boolean success = session.run(code, bytes);
      String output = bytes.toString(StandardCharsets.UTF_8);
      assertTrue(success, output);
      return output;
    }
  }

  private static String runJava(String code) throws Exception {
    Matcher main = MAIN.matcher(code);
    assertTrue(main.find());
    Path sources = Files.createDirectories(folder.resolve("java"));
    Path file = Files.writeString(sources.resolve(main.group(1) + ".java"), code);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of(
            "-proc:none",
            "-d",
            sources.toString(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                options,
                null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file))
            .call();
    assertTrue(compiled, messages.toString());
    java.io.PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {sources.toUri().toURL()}, PagesTest.class.getClassLoader())) {
      System.setOut(new java.io.PrintStream(bytes, true, StandardCharsets.UTF_8));
      loader
          .loadClass(main.group(1))
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
    }

    assertEquals(0, messages.getBuffer().length(), messages.toString());
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
