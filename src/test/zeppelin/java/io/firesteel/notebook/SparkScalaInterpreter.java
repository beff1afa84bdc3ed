package io.firesteel.notebook;

import java.nio.file.Files;
import java.util.Properties;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.zeppelin.interpreter.Interpreter;
import org.apache.zeppelin.interpreter.InterpreterContext;
import org.apache.zeppelin.interpreter.InterpreterException;
import org.apache.zeppelin.interpreter.InterpreterResult;

/**
 * Zeppelin's {@code %spark} for this Spark: Scala paragraphs, whose output is shown while they run,
 * and whose Spark jobs are one job group, which the stop button cancels.
 */
public final class SparkScalaInterpreter extends Interpreter {

  private ScalaSession session;

  /** Creates the interpreter; Zeppelin does. */
  public SparkScalaInterpreter(Properties properties) {
    super(properties);
  }

  @Override
  public void open() throws InterpreterException {
    try {
      SparkConf conf = new SparkConf();
      for (String name : getProperties().stringPropertyNames()) {
        if (name.startsWith("spark.") && !getProperty(name).isBlank()) {
          conf.set(name, getProperty(name));
        }
      }

      conf.set(ScalaSession.CLASSES, Files.createTempDirectory("paragraphs").toString());
      session = new ScalaSession(SparkSession.builder().config(conf).getOrCreate());
    } catch (Exception e) {
      throw new InterpreterException(e);
    }
  }

  @Override
  public InterpreterResult interpret(String paragraph, InterpreterContext context) {
    SparkContext spark = session.spark().sparkContext();
    spark.setJobGroup(group(context), context.getParagraphTitle(), false);
    try {
      boolean success = session.run(paragraph, context.out);
      return new InterpreterResult(
          success ? InterpreterResult.Code.SUCCESS : InterpreterResult.Code.ERROR);
    } finally {
      spark.clearJobGroup();
    }
  }

  @Override
  public void cancel(InterpreterContext context) {
    session.spark().sparkContext().cancelJobGroup(group(context));
  }

  private static String group(InterpreterContext context) {
    return "zeppelin|" + context.getNoteId() + "|" + context.getParagraphId();
  }

  @Override
  public int getProgress(InterpreterContext context) {
    return 0;
  }

  @Override
  public FormType getFormType() {
    return FormType.NATIVE;
  }

  @Override
  public void close() {
    if (session != null) {
      session.close();
      session.spark().stop();
    }
  }
}
