package io.firesteel.notebook;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.testing.JobProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A notebook of the folder {@code notebooks}, as Zeppelin stores it.
 *
 * @param name its name
 * @param json the whole file
 * @param paragraphs the paragraphs in order
 */
record Notebook(String name, Config json, List<Paragraph> paragraphs) {

  /**
   * A paragraph.
   *
   * @param id its id
   * @param interpreter the interpreter that its first line names, e.g. {@code %spark}
   * @param code the text behind it
   * @param json the whole paragraph
   */
  record Paragraph(String id, String interpreter, String code, Config json) {

    /** Tells whether its output is drawn as a table or a chart. */
    boolean isTable() {
      return json.reader("paragraph").config("config").has("results");
    }
  }

  /** Returns all notebooks in the order of their names. */
  static List<Notebook> all() {
    try (Stream<Path> files = Files.list(JobProcess.ROOT.resolve("notebooks"))) {
      return files
          .filter(file -> file.toString().endsWith(".zpln"))
          .sorted()
          .map(Notebook::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Notebook read(Path file) {
    try {
      Config json = Config.parse(Files.readString(file));
      ConfigReader reader = json.reader(file.toString());
      List<Paragraph> paragraphs = new ArrayList<>();
      for (Object paragraph : reader.list("paragraphs")) {
        paragraphs.add(paragraph((Config) paragraph));
      }

      return new Notebook(reader.string("name"), json, paragraphs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Paragraph paragraph(Config json) {
    ConfigReader reader = json.reader("paragraph");
    String[] parts = reader.string("text").split("\n", 2);
    return new Paragraph(reader.string("id"), parts[0].strip(), parts[1], json);
  }

  @Override
  public String toString() {
    return name;
  }
}
