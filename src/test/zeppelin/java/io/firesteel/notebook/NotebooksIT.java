package io.firesteel.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The notebooks in a Zeppelin server: each is imported, and each of its paragraphs run. */
class NotebooksIT {

  @TempDir static Path folder;

  private static ZeppelinProcess zeppelin;

  @BeforeAll
  static void startZeppelin() throws Exception {
    zeppelin =
        ZeppelinProcess.start(
            folder.resolve("zeppelin"),
            Map.of(
                "spark.master", "local[2]",
                "spark.ui.enabled", "false",
                "spark.app.name", "notebooks",
                "spark.notebooks.folder", folder.resolve("runs").toString()));
  }

  @AfterAll
  static void stopZeppelin() {
    if (zeppelin != null) {
      zeppelin.close();
    }
  }

  static List<Notebook> notebooks() {
    return Notebook.all();
  }

  @ParameterizedTest
  @MethodSource("notebooks")
  void everyParagraphSucceeds(Notebook notebook) throws Exception {
    String note = zeppelin.importNote(notebook.json());
    for (Notebook.Paragraph paragraph : notebook.paragraphs()) {
      if (paragraph.interpreter().equals("%pyspark")) {
        continue; // There is no Python interpreter here; PythonIT tests what it would call.
      }

      List<Config> messages = succeed(note, paragraph.id());
      if (paragraph.isTable()) {
        assertEquals(1, messages.size(), messages + "");
        assertEquals("TABLE", messages.get(0).get("type"), paragraph.code());
      } else if (paragraph.interpreter().equals("%md")) {
        assertEquals("HTML", messages.get(0).get("type"), paragraph.code());
      } else {
        messages.forEach(message -> assertEquals("TEXT", message.get("type")));
      }
    }
  }

  private static List<Config> succeed(String note, String paragraph) throws Exception {
    Config result = zeppelin.run(note, paragraph);
    assertEquals("SUCCESS", result.get("code"), result + "");
    List<Config> messages = new ArrayList<>();
    result.reader("result").optionalList("msg").forEach(message -> messages.add((Config) message));
    return messages;
  }

  @Test
  void theStopButtonEndsTrainingAndKeepsItsCheckpoint() throws Exception {
    Notebook resume =
        Notebook.all().stream().filter(each -> each.name().contains("resume")).findFirst().get();
    List<Object> paragraphs = new ArrayList<>();
    for (int i = 1; i < 3; i++) {
      paragraphs.add(resume.paragraphs().get(i).json());
    }

    paragraphs.add(paragraph("endless", "newModel().fit(data, options(1000000).build())"));
    paragraphs.add(
        paragraph(
            "on",
            """
            val kept = HadoopCheckpointStore.read(folder, hadoop).list()
            kept.forEach(c => assert(c.problem == null, c.toString))
            val last = kept.get(0).step
            val again = newModel()
            again.fit(data, options((last / 18 + 2).toInt).build())
            assert(again.lastTraining.resumedFromStep == last)
            println(s"went on at $last")
            """));
    String note =
        zeppelin.importNote(
            resume
                .json()
                .with("name", "stopped")
                .with("id", "2FSTOPPED")
                .with("paragraphs", paragraphs));
    succeed(note, resume.paragraphs().get(1).id());
    succeed(note, resume.paragraphs().get(2).id());
    zeppelin.begin(note, "endless");
    Path checkpoints = folder.resolve("runs/resume");
    await(() -> Files.exists(checkpoints.resolve("step-40")));
    zeppelin.cancel(note, "endless");
    await(() -> List.of("ABORT", "ERROR").contains(zeppelin.status(note, "endless")));
    List<Config> went = succeed(note, "on");
    assertTrue((went.get(0).get("data") + "").contains("went on at "), went + "");
  }

  private static Config paragraph(String id, String code) {
    return Config.builder()
        .put("id", id)
        .put("text", "%spark\n" + code)
        .put("config", Config.empty())
        .put("settings", Config.empty())
        .put("status", "READY")
        .build();
  }

  /** A condition that may fail with an exception. */
  @FunctionalInterface
  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    long deadline = System.nanoTime() + 120_000_000_000L;
    while (!condition.holds()) {
      assertTrue(System.nanoTime() < deadline, "waited in vain");
      LockSupport.parkNanos(50_000_000L);
    }
  }
}
