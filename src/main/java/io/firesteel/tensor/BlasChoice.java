package io.firesteel.tensor;

import dev.ludovic.netlib.blas.BLAS;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the BLAS of this JVM, see {@link MatMul}. */
final class BlasChoice {

  static final String PROPERTY = "firesteel.blas";

  private static final Logger LOG = LoggerFactory.getLogger(BlasChoice.class);
  private static final String AUTO = "auto";
  private static final String SYSTEM = "system";

  private final Map<String, Supplier<BlasLibrary>> byName = new LinkedHashMap<>();
  private final Map<String, Supplier<BlasLibrary>> automatic = new LinkedHashMap<>();

  /** Adds a library, after those that were added before. */
  BlasChoice add(String name, Supplier<BlasLibrary> library) {
    return add(name, library, library);
  }

  /** Adds a library that is opened otherwise if the user names it. */
  BlasChoice add(String name, Supplier<BlasLibrary> auto, Supplier<BlasLibrary> named) {
    automatic.put(name, auto);
    byName.put(name, named);
    return this;
  }

  /** Returns the choice between what may be on this machine. */
  static BlasChoice ofMachine() {
    Supplier<BlasLibrary> openBlas = () -> OpenBlas.open(BlasChoice.class.getClassLoader());
    BlasChoice choice = new BlasChoice();
    if (SystemBlas.isChosen()) {
      choice.add(SYSTEM, SystemBlas::any).add("openblas", openBlas);
    } else {
      choice
          .add("openblas", openBlas)
          .add(SYSTEM, () -> SystemBlas.fastWithOneThread(System.getenv()), SystemBlas::any);
    }

    return choice.add("vector", NetlibBlas::vector).add("java", NetlibBlas::java);
  }

  /**
   * Returns the library of a setting; for {@code auto} the first that works.
   *
   * @throws IllegalArgumentException if there is no such setting
   * @throws IllegalStateException if the library does not work
   */
  BlasLibrary choose(String setting) {
    if (setting.equals(AUTO)) {
      return first();
    }

    Supplier<BlasLibrary> library = byName.get(setting);
    if (library == null) {
      throw new IllegalArgumentException(
          "Unknown %s: %s. Allowed: %s, %s"
              .formatted(PROPERTY, setting, AUTO, String.join(", ", byName.keySet())));
    }

    try {
      BlasLibrary chosen = library.get().checked();
      LOG.info("Matrix products by {}", chosen.name());
      return chosen;
    } catch (LinkageError | RuntimeException e) {
      throw new IllegalStateException(
          "%s=%s, but it can't be used: %s".formatted(PROPERTY, setting, reason(e)), e);
    }
  }

  private BlasLibrary first() {
    StringJoiner refused = new StringJoiner("; ", " (", ")").setEmptyValue("");
    for (Map.Entry<String, Supplier<BlasLibrary>> candidate : automatic.entrySet()) {
      try {
        BlasLibrary chosen = candidate.getValue().get().checked();
        LOG.info("Matrix products by {}{}", chosen.name(), refused);
        return chosen;
      } catch (LinkageError | RuntimeException e) {
        refused.add("not %s: %s".formatted(candidate.getKey(), reason(e)));
      }
    }

    throw new IllegalStateException("No BLAS works" + refused);
  }

  private static String reason(Throwable problem) {
    Throwable cause = problem;
    while (cause.getCause() != null && cause instanceof ExceptionInInitializerError) {
      cause = cause.getCause();
    }

    String message = cause.getMessage();
    return message == null ? cause.toString() : message;
  }

  /**
   * The OpenBLAS in the jar {@code org.bytedeco:openblas}, with one thread.
   *
   * <p>JavaCPP, which comes with that jar, unpacks the library to its cache, a folder that the
   * processes of a machine share ({@code ~/.javacpp/cache}, or what {@code
   * org.bytedeco.javacpp.cachedir} says), loads it and sets its number of threads. Netlib's JNI
   * code then opens the same file, hence the same library in memory, and calls it on Java arrays
   * without copying them.
   */
  static final class OpenBlas {

    private static final String LOADER = "org.bytedeco.javacpp.Loader";
    private static final String PRESETS = "org.bytedeco.openblas.presets.openblas_nolapack";
    private static final String FUNCTIONS = "org.bytedeco.openblas.global.openblas_nolapack";
    private static final String LIBRARY = "openblas_nolapack@.0";

    private OpenBlas() {}

    /**
     * Loads the library.
     *
     * @param classes finds the jar's classes
     * @throws IllegalStateException if the jar is missing or does not hold what is expected
     * @throws LinkageError if it has nothing for this platform, or can't be loaded
     */
    static BlasLibrary open(ClassLoader classes) {
      try {
        Class<?> functions = Class.forName(FUNCTIONS, true, classes);
        Class<?> presets = Class.forName(PRESETS, true, classes);
        presets.getMethod("blas_set_num_threads", int.class).invoke(null, 1);
        String version = ((String) functions.getField("OPENBLAS_VERSION").get(null)).strip();
        String path = path(classes);
        return new BlasLibrary(
            "%s by netlib %s%s".formatted(version, NetlibBlas.version(), kernels()),
            NetlibBlas.jni(path));
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException("org.bytedeco:openblas is not on the class path", e);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("org.bytedeco:openblas is of an unknown kind: " + e, e);
      }
    }

    private static String path(ClassLoader classes) throws ReflectiveOperationException {
      Object loaded =
          Class.forName(LOADER, true, classes).getMethod("getLoadedLibraries").invoke(null);
      if (((Map<?, ?>) loaded).get(LIBRARY) instanceof String path) {
        return path;
      }

      throw new IllegalStateException("JavaCPP loaded no %s but %s".formatted(LIBRARY, loaded));
    }

    /** The CPU family that the user forces upon OpenBLAS, as bits depend on it. */
    private static String kernels() {
      String forced = System.getenv("OPENBLAS_CORETYPE");
      return forced == null ? "" : " for " + forced;
    }
  }

  /**
   * The BLAS of the machine: the shared library that netlib's properties name, or {@code
   * libblas.so.3}.
   */
  static final class SystemBlas {

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
     * Returns the library if it is known to be fast and to use one thread: an OpenBLAS, MKL or
     * BLIS, under an environment that says {@code OMP_NUM_THREADS=1} and nothing else.
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
          && OTHER_THREADS.stream()
              .allMatch(name -> environment.getOrDefault(name, "1").equals("1"));
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

  /**
   * One implementation of BLAS.
   *
   * @param name its name and version
   * @param blas what calls it
   */
  record BlasLibrary(String name, BLAS blas) {

    /** Tells whether it is compiled from plain loops, whose product of a vector is a slow one. */
    boolean isPlainJava() {
      return blas.getClass().getSimpleName().startsWith("Java");
    }

    /**
     * Returns this library after a small product with it.
     *
     * @throws IllegalStateException if the product is wrong
     */
    BlasLibrary checked() {
      float[] product = new float[1];
      blas.sgemm(
          "N", "T", 1, 1, 2, 1.0f, new float[] {2, 3}, 1, new float[] {5, 7}, 1, 0.0f, product, 1);
      if (product[0] != 31.0f) {
        throw new IllegalStateException("2 * 5 + 3 * 7 gives " + product[0]);
      }

      return this;
    }
  }
}
