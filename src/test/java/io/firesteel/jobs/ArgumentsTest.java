package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.jobs.JobMain.Arguments;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentsTest {

  @Test
  void settingsMayStandBeforeAndAfterTheJobFile() {
    Arguments arguments = Arguments.parse("Train", "--set", "a=1", "job.json", "--set", "b=2");
    assertEquals(new Arguments("job.json", List.of("a=1", "b=2")), arguments);
  }

  @Test
  void wrongCommandLinesAreRefusedWithTheUsage() {
    String usage = "Usage: Train JOB.json [--set FIELD=VALUE ...] [--verbose]";
    assertEquals("One job file is needed. Received: []. " + usage, refusal());
    assertEquals("One job file is needed. Received: [a, b]. " + usage, refusal("a", "b"));
    assertEquals("--sett is no option. " + usage, refusal("a", "--sett", "b=1"));
    assertEquals("--set needs FIELD=VALUE. " + usage, refusal("a", "--set"));
  }

  private static String refusal(String... arguments) {
    return assertThrows(IllegalArgumentException.class, () -> Arguments.parse("Train", arguments))
        .getMessage();
  }
}
