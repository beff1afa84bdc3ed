package io.firesteel.spark.internal.hadoop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessIdentityTest {

  @Test
  void thisProcessIsAlive() {
    assertTrue(ProcessIdentity.current().isAliveHere());
    assertTrue(ProcessIdentity.current().isOfThisHost());
  }

  @Test
  void aProcessOfAnotherHostIsNotAliveHere() {
    ProcessIdentity self = ProcessIdentity.current();
    ProcessIdentity other = new ProcessIdentity("elsewhere", self.pid(), self.startMillis());

    assertFalse(other.isAliveHere());
    assertFalse(other.isOfThisHost());
  }

  @Test
  void aProcessThatEndedIsNotAlive() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();

    assertFalse(
        new ProcessIdentity(ProcessIdentity.current().host(), process.pid(), 0).isAliveHere());
  }

  @Test
  void theStartTellsProcessesOfOneNumberApart() {
    ProcessIdentity self = ProcessIdentity.current();

    assertFalse(
        new ProcessIdentity(self.host(), self.pid(), self.startMillis() - 60_000).isAliveHere());
    assertTrue(
        new ProcessIdentity(self.host(), self.pid(), self.startMillis() - 1000).isAliveHere());
    assertTrue(new ProcessIdentity(self.host(), self.pid(), 0).isAliveHere());
  }

  @Test
  void aZombieIsDead(@TempDir Path folder) throws IOException {
    assertTrue(isZombie(folder, "12 (a) b) Z 1 12 12"));
    assertTrue(isZombie(folder, "12 (java) X 1 12 12"));
    assertFalse(isZombie(folder, "12 (Z) S 1 12 12"));
    assertFalse(isZombie(folder, ""));
    assertFalse(ProcessIdentity.isZombie(folder.resolve("none")));
  }

  private static boolean isZombie(Path folder, String stat) throws IOException {
    return ProcessIdentity.isZombie(Files.writeString(folder.resolve("stat"), stat));
  }

  @Test
  void itReadsAsASentence() {
    assertEquals(
        "process 7 on host 'h', started 1970-01-01T00:00:01Z",
        new ProcessIdentity("h", 7, 1000).toString());
  }
}
