package io.firesteel.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Everything under a folder, to be compared: folders, and files with their bytes and the time of
 * their last change.
 *
 * @param entries what there is, by path
 */
public record FolderContent(Map<String, String> entries) {

  /** Reads a folder; one that does not exist has no entries. */
  public static FolderContent of(Path folder) throws IOException {
    Map<String, String> entries = new TreeMap<>();
    for (Path path : walk(folder)) {
      String content =
          Files.isDirectory(path)
              ? "folder"
              : Files.getLastModifiedTime(path)
                  + " "
                  + new String(
                          Files.readAllBytes(path), java.nio.charset.StandardCharsets.ISO_8859_1)
                      .hashCode();
      entries.put(folder.relativize(path).toString(), content);
    }

    return new FolderContent(entries);
  }

  /** Returns the files directly in a folder whose names end so. */
  public static List<Path> files(Path folder, String suffix) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.toString().endsWith(suffix)).sorted().toList();
    }
  }

  /** Removes a folder with everything in it. */
  public static void delete(Path folder) throws IOException {
    for (Path path : walk(folder).stream().sorted(Comparator.reverseOrder()).toList()) {
      Files.delete(path);
    }
  }

  private static List<Path> walk(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }

    try (Stream<Path> all = Files.walk(folder)) {
      return all.toList();
    }
  }
}
