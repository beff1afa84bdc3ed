package io.firesteel.tensor;

import java.util.Map;

/**
 * The OpenBLAS in the jar {@code org.bytedeco:openblas}, with one thread.
 *
 * <p>JavaCPP, which comes with that jar, unpacks the library to its cache, a folder that the
 * processes of a machine share ({@code ~/.javacpp/cache}, or what {@code
 * org.bytedeco.javacpp.cachedir} says), loads it and sets its number of threads. Netlib's JNI code
 * then opens the same file, hence the same library in memory, and calls it on Java arrays without
 * copying them.
 */
final class OpenBlas {

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
