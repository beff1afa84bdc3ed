package io.firesteel.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What users may name, against the checked-in list, so that a change of it is seen in review.
 *
 * <p>{@code mvn -Pquick test -Dtest=PublicApiTest -Dfiresteel.api.write=true} writes the list anew.
 */
class PublicApiTest {

  private static final Path LIST = Path.of("src", "test", "resources", "public-api.txt");

  /** What every enum has. */
  private static final List<String> OF_EVERY_ENUM = List.of("values", "valueOf");

  @Test
  void isTheCheckedInList() throws Exception {
    List<String> now = api();
    if (Boolean.getBoolean("firesteel.api.write")) {
      Files.write(LIST, now);
    }

    List<String> listed = Files.readAllLines(LIST);
    assertEquals(
        "",
        difference(listed, now),
        "The public API is not that of "
            + LIST
            + ". If the change is meant: mvn -Pquick test -Dtest=PublicApiTest"
            + " -Dfiresteel.api.write=true");
  }

  @Test
  void aDifferenceNamesWhatIsGoneAndWhatIsNew() {
    assertEquals("- b\n+ c\n", difference(List.of("a", "b"), List.of("a", "c")));
  }

  @Test
  void leavesOutWhatIsInternalOrHidden() throws Exception {
    List<String> now = api();
    assertFalse(now.stream().anyMatch(line -> line.startsWith("io.firesteel.internal.")));
    assertFalse(now.stream().anyMatch(line -> line.contains("lambda$")));
    assertTrue(now.contains("io.firesteel.optimizers.Adam"), "the list has types");
    assertTrue(
        now.stream().anyMatch(line -> line.startsWith("io.firesteel.optimizers.Adam#builder(")),
        "the list has members");
  }

  private static String difference(Collection<String> before, Collection<String> after) {
    TreeSet<String> gone = new TreeSet<>(before);
    gone.removeAll(after);
    TreeSet<String> added = new TreeSet<>(after);
    added.removeAll(before);
    StringBuilder text = new StringBuilder();
    gone.forEach(line -> text.append("- ").append(line).append('\n'));
    added.forEach(line -> text.append("+ ").append(line).append('\n'));
    return text.toString();
  }

  private static List<String> api() throws Exception {
    TreeSet<String> lines = new TreeSet<>();
    for (Class<?> type : publicTypes()) {
      lines.add(type.getName());
      for (Member member : members(type)) {
        if (isOpen(type, member)) {
          lines.add(line(type, member));
        }
      }
    }

    return List.copyOf(lines);
  }

  private static List<Class<?>> publicTypes() throws Exception {
    Path root = classes();
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : (Iterable<Path>) files.sorted()::iterator) {
        String name = root.relativize(file).toString().replace('/', '.').replace('\\', '.');
        if (name.endsWith(".class")
            && !name.contains(".internal.")
            && !name.endsWith("-info.class")) {
          Class<?> type =
              Class.forName(
                  name.substring(0, name.length() - ".class".length()),
                  false,
                  PublicApiTest.class.getClassLoader());
          if (isNameable(type)) {
            types.add(type);
          }
        }
      }
    }

    return types;
  }

  private static Path classes() throws URISyntaxException, IOException {
    Class<?> any = io.firesteel.optimizers.Adam.class;
    return Path.of(any.getProtectionDomain().getCodeSource().getLocation().toURI()).toRealPath();
  }

  /** Public, as is all that it is nested in. */
  private static boolean isNameable(Class<?> type) {
    if (type.isAnonymousClass() || type.isLocalClass() || type.isSynthetic()) {
      return false;
    }

    Class<?> outer = type.getDeclaringClass();
    return (Modifier.isPublic(type.getModifiers()) || Modifier.isProtected(type.getModifiers()))
        && (outer == null || isNameable(outer));
  }

  private static List<Member> members(Class<?> type) {
    List<Member> members = new ArrayList<>(List.of(type.getDeclaredFields()));
    members.addAll(List.of(type.getDeclaredConstructors()));
    members.addAll(List.of(type.getDeclaredMethods()));
    for (Class<?> hidden = type.getSuperclass();
        hidden != null && isOurs(hidden) && !isNameable(hidden);
        hidden = hidden.getSuperclass()) {
      addInherited(members, hidden);
    }

    return members;
  }

  private static boolean isOurs(Class<?> type) {
    return type.getName().startsWith("io.firesteel.");
  }

  /** Adds what a class that users can't name gives to one that they can. */
  private static void addInherited(List<Member> members, Class<?> hidden) {
    Set<String> overridden =
        members.stream()
            .filter(member -> member instanceof Method && !member.isSynthetic())
            .map(member -> signature((Method) member))
            .collect(Collectors.toSet());
    for (Method method : hidden.getDeclaredMethods()) {
      if (!overridden.contains(signature(method))) {
        members.add(method);
      }
    }
  }

  private static String signature(Method method) {
    return method.getName() + parameters(method.getParameterTypes());
  }

  private static boolean isOpen(Class<?> type, Member member) {
    int modifiers = member.getModifiers();
    boolean open =
        Modifier.isPublic(modifiers)
            || (Modifier.isProtected(modifiers) && !Modifier.isFinal(type.getModifiers()));
    return open
        && !member.isSynthetic()
        && !(type.isEnum() && OF_EVERY_ENUM.contains(member.getName()));
  }

  /** {@code package.Type#name(parameters) : result}, with the modifiers that bind a user. */
  private static String line(Class<?> type, Member member) {
    String start = type.getName() + "#";
    String end = modifiers(member);
    if (member instanceof Field field) {
      return start + field.getName() + " : " + field.getGenericType().getTypeName() + end;
    }

    if (member instanceof Constructor<?> constructor) {
      return start + "new" + parameters(constructor.getGenericParameterTypes()) + end;
    }

    Method method = (Method) member;
    return start
        + method.getName()
        + parameters(method.getGenericParameterTypes())
        + " : "
        + method.getGenericReturnType().getTypeName()
        + end;
  }

  private static String parameters(Type[] types) {
    return "(" + String.join(", ", Stream.of(types).map(Type::getTypeName).toList()) + ")";
  }

  private static String modifiers(Member member) {
    int binding = Modifier.PROTECTED | Modifier.STATIC | Modifier.ABSTRACT | Modifier.FINAL;
    String text = Modifier.toString(member.getModifiers() & binding);
    return text.isEmpty() ? "" : " [" + text + "]";
  }
}
