package io.firesteel.tensor;

import dev.ludovic.netlib.blas.BLAS;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The BLAS of the machine: the shared library that netlib's properties name, or {@code
 * libblas.so.3}.
 */
final class SystemBlas {

  private static final Path MAPPED_FILES = Path.of("/proc/self/maps");
  private static final String THREADS = "OMP_NUM_THREADS";
  private static final List<String> OTHER_THREADS =
      List.of("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS");
  private static final List<String> FAST = List.of("openblas", "mkl", "blis");
  private static final Pattern BLAS_FILE = Pattern.compile("(?!libnetlib).*(blas|blis|mkl).*");

  private SystemBlas() {}

  /** Tells whether the user chose a library by netlib's properties. */
  static boolean isChosen() {
    return System.getProperty(NetlibBlas.LIBRARY_PATH) != null
        || System.getProperty(NetlibBlas.LIBRARY) != null;
  }

  /** Returns the library, whatever it is. */
  static BlasLibrary any() {
    Set<String> before = sharedLibraries();
    BLAS blas = NetlibBlas.jni(null);
    Set<String> own = sharedLibraries();
    own.removeAll(before);
    own.removeIf(name -> !BLAS_FILE.matcher(name).matches());
    String names = own.isEmpty() ? "BLAS" : String.join(" ", own);
    return new BlasLibrary(
        "%s of the system by netlib %s".formatted(names, NetlibBlas.version()), blas);
  }

  /**
   * Returns the library if it is known to be fast and to use one thread: an OpenBLAS, MKL or BLIS,
   * under an environment that says {@code OMP_NUM_THREADS=1} and nothing else.
   *
   * @throws IllegalStateException if it is not
   */
  static BlasLibrary fastWithOneThread(Map<String, String> environment) {
    if (!hasOneThread(environment)) {
      throw new IllegalStateException(
          "its number of threads is not known to be 1, as OMP_NUM_THREADS=1 would say");
    }

    BlasLibrary library = any();
    String name = library.name().toLowerCase(Locale.ROOT);
    if (FAST.stream().noneMatch(name::contains)) {
      throw new IllegalStateException(
          library.name() + " is none of those known to be fast: " + FAST);
    }

    return library;
  }

  static boolean hasOneThread(Map<String, String> environment) {
    return "1".equals(environment.get(THREADS))
        && OTHER_THREADS.stream().allMatch(name -> environment.getOrDefault(name, "1").equals("1"));
  }

  /** The names of the shared libraries in this process, none where the system does not tell. */
  private static Set<String> sharedLibraries() {
    try (Stream<String> lines = Files.lines(MAPPED_FILES)) {
      return lines
          .filter(line -> line.contains(".so"))
          .map(line -> line.substring(line.lastIndexOf('/') + 1))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      return new TreeSet<>();
    }
  }
}
