package io.firesteel.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages name exists: the targets of links, scripts, files, tests and profiles. */
class DocumentationTest {

  private static final Path ROOT = Path.of("").toAbsolutePath();
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)]*)?\\)");
  private static final Pattern FILE =
      Pattern.compile("\\b((?:spark-jobs|conf|notebooks|src)/[\\w./-]*\\w\\.\\w+)");
  private static final Pattern TESTS = Pattern.compile("-D(?:it\\.)?test='?([\\w*,]+)");
  private static final Pattern PROFILE = Pattern.compile("mvn [^`\\n]*?-P([\\w.-]+)");

  static List<Path> pages() throws IOException {
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> site = Files.list(ROOT.resolve("src/site/markdown"))) {
      return Stream.concat(top, site).filter(file -> file.toString().endsWith(".md")).toList();
    }
  }

  @Test
  void theReadmeIsOnePage() throws IOException {
    long bytes = Files.size(ROOT.resolve("README.md"));
    assertTrue(bytes <= 10_240, "README.md has " + bytes + " bytes");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksHaveATarget(Path page) {
    assertEquals(
        Set.of(),
        missing(
            matches(LINK, page)
                .map(match -> match.group(1))
                .filter(target -> !target.contains("://"))
                .filter(target -> !Files.exists(page.resolveSibling(target)))));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void filesExist(Path page) {
    assertEquals(
        Set.of(),
        missing(
            matches(FILE, page)
                .map(match -> match.group(1))
                .filter(file -> !Files.exists(ROOT.resolve(file)))));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void testsExist(Path page) {
    Set<String> tests = tests();
    assertEquals(
        Set.of(),
        missing(
            matches(TESTS, page)
                .flatMap(match -> Stream.of(match.group(1).split(",")))
                .filter(
                    name ->
                        tests.stream().noneMatch(test -> test.matches(name.replace("*", ".*"))))));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void profilesExist(Path page) throws IOException {
    String pom = Files.readString(ROOT.resolve("pom.xml"));
    assertEquals(
        Set.of(),
        missing(
            matches(PROFILE, page)
                .map(match -> match.group(1))
                .filter(profile -> !pom.contains("<id>" + profile + "</id>"))));
  }

  private static Set<String> missing(Stream<String> names) {
    return names.collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<MatchResult> matches(Pattern pattern, Path page) {
    try {
      return pattern.matcher(Files.readString(page)).results().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<String> tests() {
    try (Stream<Path> files = Files.walk(ROOT.resolve("src/test"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java"))
          .map(name -> name.substring(0, name.length() - ".java".length()))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
