package io.firesteel.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ludovic.netlib.blas.BLAS;
import io.firesteel.testing.CapturedLog;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;

class BlasChoiceTest {

  @Test
  void takesTheFirstThatWorksAndSaysWhyNotTheOthers() {
    BlasChoice choice =
        new BlasChoice()
            .add("missing", () -> BlasChoice.OpenBlas.open(withoutJars()))
            .add(
                "unloadable",
                () -> {
                  throw new UnsatisfiedLinkError("no such symbol");
                })
            .add("wrong", () -> new BlasChoice.BlasLibrary("wrong", doingNothing()))
            .add("java", NetlibBlas::java)
            .add(
                "later",
                () -> {
                  throw new AssertionError("asked for, though not needed");
                });
    try (CapturedLog log = CapturedLog.of(BlasChoice.class, Level.INFO)) {
      assertEquals("netlib Java11BLAS 3.0.4", choice.choose("auto").name());
      assertEquals(
          "Matrix products by netlib Java11BLAS 3.0.4 (not missing: org.bytedeco:openblas is not on"
              + " the class path; not unloadable: no such symbol; not wrong: 2 * 5 + 3 * 7 gives"
              + " 0.0)",
          log.text());
    }
  }

  @Test
  void aLibraryThatIsNamedMustWork() {
    BlasChoice choice =
        new BlasChoice()
            .add("openblas", () -> BlasChoice.OpenBlas.open(withoutJars()))
            .add("java", NetlibBlas::java);
    assertEquals(
        "firesteel.blas=openblas, but it can't be used: org.bytedeco:openblas is not on the class"
            + " path",
        assertThrows(IllegalStateException.class, () -> choice.choose("openblas")).getMessage());
  }

  @Test
  void aNameThatDoesNotExistIsRefused() {
    assertEquals(
        "Unknown firesteel.blas: mkl. Allowed: auto, openblas, system, vector, java",
        assertThrows(IllegalArgumentException.class, () -> BlasChoice.ofMachine().choose("mkl"))
            .getMessage());
  }

  @Test
  void nothingThatWorksIsAnError() {
    BlasChoice choice =
        new BlasChoice().add("wrong", () -> new BlasChoice.BlasLibrary("", doingNothing()));
    assertEquals(
        "No BLAS works (not wrong: 2 * 5 + 3 * 7 gives 0.0)",
        assertThrows(IllegalStateException.class, () -> choice.choose("auto")).getMessage());
  }

  @Test
  void theSystemsThreadsAreKnownFromTheEnvironmentAlone() {
    assertTrue(BlasChoice.SystemBlas.hasOneThread(Map.of("OMP_NUM_THREADS", "1")));
    assertTrue(
        BlasChoice.SystemBlas.hasOneThread(
            Map.of("OMP_NUM_THREADS", "1", "OPENBLAS_NUM_THREADS", "1")));
    assertFalse(BlasChoice.SystemBlas.hasOneThread(Map.of()));
    assertFalse(BlasChoice.SystemBlas.hasOneThread(Map.of("OMP_NUM_THREADS", "2")));
    assertFalse(
        BlasChoice.SystemBlas.hasOneThread(Map.of("OMP_NUM_THREADS", "1", "MKL_NUM_THREADS", "2")));
    assertEquals(
        "its number of threads is not known to be 1, as OMP_NUM_THREADS=1 would say",
        assertThrows(
                IllegalStateException.class,
                () -> BlasChoice.SystemBlas.fastWithOneThread(Map.of()))
            .getMessage());
  }

  private static ClassLoader withoutJars() {
    return new URLClassLoader(new URL[0], ClassLoader.getPlatformClassLoader());
  }

  private static BLAS doingNothing() {
    return (BLAS)
        Proxy.newProxyInstance(
            BLAS.class.getClassLoader(),
            new Class<?>[] {BLAS.class},
            (proxy, method, arguments) -> null);
  }
}
