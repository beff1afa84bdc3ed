package io.firesteel.notebook;

import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import scala.Console$;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;
import scala.tools.nsc.Settings;
import scala.tools.nsc.interpreter.IMain;
import scala.tools.nsc.interpreter.Results;
import scala.tools.nsc.interpreter.shell.ReplReporterImpl;
import scala.tools.nsc.interpreter.shell.ShellConfig$;

/**
 * A Scala shell inside this JVM with what a notebook's {@code %spark} has: {@code spark}, {@code
 * sc}, and their usual imports. The Spark session needs {@code spark.repl.class.outputDir}, where
 * executors find the classes of paragraphs.
 */
final class ScalaSession implements AutoCloseable {

  static final String CLASSES = "spark.repl.class.outputDir";

  private final SparkSession spark;
  private final Redirection output = new Redirection();
  private final IMain shell;

  ScalaSession(SparkSession spark) {
    this.spark = spark;
    ClassLoader loader = ScalaSession.class.getClassLoader();
    Settings settings = new Settings();
    settings.processArguments(
        CollectionConverters.asScala(
                List.of(
                    "-Yrepl-class-based",
                    "-Yrepl-outdir",
                    spark.conf().get(CLASSES),
                    "-classpath",
                    System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"))))
            .toList(),
        true);
    settings.embeddedDefaults(loader);
    PrintWriter messages = new PrintWriter(output, true, StandardCharsets.UTF_8);
    shell =
        new IMain(
            settings,
            Option.apply(loader),
            settings,
            new ReplReporterImpl(ShellConfig$.MODULE$.apply(settings), settings, messages));
    shell.beQuietDuring(this::open);
  }

  private BoxedUnit open() {
    shell.bind(
        "spark",
        "org.apache.spark.sql.SparkSession",
        spark,
        CollectionConverters.asScala(List.of("@transient")).toList());
    shell.interpret("@transient val sc = spark.sparkContext");
    shell.interpret("import spark.implicits._; import org.apache.spark.sql.functions._");
    return BoxedUnit.UNIT;
  }

  SparkSession spark() {
    return spark;
  }

  /**
   * Runs a paragraph on the calling thread.
   *
   * @param out where everything goes that the paragraph and the shell print, as they print it
   * @return whether it compiled and did not throw
   */
  boolean run(String paragraph, OutputStream out) {
    PrintStream before = System.out;
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
    output.target = printed;
    System.setOut(printed);
    Thread.currentThread().setContextClassLoader(shell.classLoader());
    try {
      Results.Result result = Console$.MODULE$.withOut(printed, () -> shell.interpret(paragraph));
      return result.toString().equals("Success");
    } finally {
      printed.flush();
      Thread.currentThread().setContextClassLoader(loader);
      System.setOut(before);
    }
  }

  @Override
  public void close() {
    shell.close();
  }

  /** The shell's messages go where the paragraph's output goes. */
  private static final class Redirection extends OutputStream {
    private volatile OutputStream target = OutputStream.nullOutputStream();

    @Override
    public void write(int b) throws java.io.IOException {
      target.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws java.io.IOException {
      target.write(bytes, from, length);
    }

    @Override
    public void flush() throws java.io.IOException {
      target.flush();
    }
  }
}
