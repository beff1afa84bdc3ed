package io.firesteel.layers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys that an {@link IndexLookup} knows, in the order of their indices, without those that
 * stand for nothing and for what is not known.
 *
 * @param tokens the keys, all of them texts or all whole numbers
 * @param learned whether they were found in data, so that files have them apart from the config
 */
record Vocabulary(List<Object> tokens, boolean learned) {

  Vocabulary {
    tokens = List.copyOf(tokens);
  }

  /**
   * Returns a vocabulary from what a file or a user gives, which may begin with the special keys.
   *
   * @throws IllegalArgumentException if it is empty, or a key is there twice
   */
  static Vocabulary of(String owner, List<?> given, List<?> special, boolean learned) {
    int first = special.size();
    boolean begins = first > 0 && given.size() > first && given.subList(0, first).equals(special);
    List<Object> tokens = new ArrayList<>(given.subList(begins ? first : 0, given.size()));
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("%s: 'vocabulary' must not be empty".formatted(owner));
    }

    Set<Object> seen = new HashSet<>();
    for (Object token : tokens) {
      if (!seen.add(token)) {
        throw new IllegalArgumentException(
            "%s: 'vocabulary' must have each key once. Received twice: '%s'"
                .formatted(owner, token));
      }
    }

    return new Vocabulary(tokens, learned);
  }

  /**
   * Returns the keys of data by how often they occur, and then from the last to the first, texts in
   * the order of their bytes in UTF-8.
   *
   * @param counts how often each occurs
   * @param left what is left out
   * @param most the largest number of keys, or null
   */
  static List<Object> ranked(Map<?, Long> counts, Set<?> left, @Nullable Integer most) {
    Comparator<Token> order = Comparator.comparingLong(token -> -token.count);
    return counts.entrySet().stream()
        .filter(entry -> !left.contains(entry.getKey()))
        .map(entry -> new Token(entry.getKey(), entry.getValue()))
        .sorted(order.thenComparing(Token::key, (a, b) -> compare(b, a)))
        .limit(most == null ? Integer.MAX_VALUE : most)
        .map(Token::key)
        .toList();
  }

  private record Token(Object key, long count) {}

  private static int compare(Object a, Object b) {
    if (a instanceof Long first && b instanceof Long second) {
      return first.compareTo(second);
    }

    String left = a.toString();
    String right = b.toString();
    int length = Math.min(left.length(), right.length());
    for (int i = 0; i < length; i++) {
      char l = left.charAt(i);
      char r = right.charAt(i);
      if (l != r) {
        boolean pairs = Character.isSurrogate(l) != Character.isSurrogate(r);
        return pairs ? Boolean.compare(Character.isSurrogate(l), Character.isSurrogate(r)) : l - r;
      }
    }

    return left.length() - right.length();
  }

  /** Returns the index of each key. */
  Map<Object, Integer> indices(int first) {
    Map<Object, Integer> indices = new HashMap<>(2 * tokens.size());
    for (Object token : tokens) {
      indices.put(token, first + indices.size());
    }

    return indices;
  }
}
