package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An einsum equation of an input, a kernel and an output as products of matrices: for each index of
 * the axes that all three have, (places x summed) times (summed x features). The indices say where
 * in a row, in the kernel and in an output row the values of these matrices are, {@code null} where
 * they lie in that order already.
 *
 * @param matrices how many products there are
 * @param places how many lines of a matrix belong to one row
 * @param summed the size of the axes that are summed over
 * @param features the size of the axes that the kernel adds
 */
record EinsumPlan(
    Shape input,
    Shape kernel,
    Shape output,
    @Nullable Shape bias,
    List<Long> inputAxes,
    List<Long> outputAxes,
    int matrices,
    int places,
    int summed,
    int features,
    int @Nullable [] inputIndices,
    int @Nullable [] kernelIndices,
    int @Nullable [] outputIndices,
    int[] biasIndices) {

  private static final String NAME = "EinsumDense";
  private static final String DOTS = "...";
  private static final Pattern EQUATION =
      Pattern.compile("(\\.{3})?([a-zA-Z]+)(\\.{3})?,([a-zA-Z]+)->(\\.{3})?([a-zA-Z]+)(\\.{3})?");

  /** The axes of the three, a letter each. */
  record Equation(
      String input, String kernel, String output, boolean dotsBefore, boolean dotsBehind) {

    static Equation parse(String equation) {
      Matcher m = EQUATION.matcher(equation.replace(" ", ""));
      boolean ok = m.matches();
      if (ok) {
        ok =
            (m.group(1) == null) == (m.group(5) == null)
                && (m.group(3) == null) == (m.group(7) == null)
                && (m.group(1) == null || m.group(3) == null);
      }

      Argument.require(
          NAME,
          "equation",
          equation,
          ok,
          "of the form X,Y->Z or ...X,Y->...Z or X...,Y->Z..., with letters for X, Y and Z");
      Equation parsed =
          new Equation(m.group(2), m.group(4), m.group(6), m.group(1) != null, m.group(3) != null);
      parsed.check(equation);
      return parsed;
    }

    private void check(String equation) {
      for (String letters : List.of(input, kernel, output)) {
        boolean apart = letters.chars().distinct().count() == letters.length();
        Argument.require(NAME, "equation", equation, apart, "one with different letters in a part");
      }

      boolean known = output.chars().allMatch(c -> has(input, c) || has(kernel, c));
      Argument.require(
          NAME, "equation", equation, known, "one whose output has letters of the input or kernel");
      known = kernel.chars().allMatch(c -> has(input, c) || has(output, c));
      Argument.require(
          NAME, "equation", equation, known, "one whose kernel has letters of the input or output");
      if (!dotsBefore) {
        char rows = input.charAt(0);
        boolean first = output.charAt(0) == rows && !has(kernel, rows);
        Argument.require(
            NAME,
            "equation",
            equation,
            first,
            "one whose first letter, for the rows of a batch, is"
                + " the output's first and not the kernel's");
      }
    }

    private static boolean has(String letters, int letter) {
      return letters.indexOf(letter) >= 0;
    }

    /** Returns the letters of a row, with digits for the axes that the dots stand for. */
    private String row(String letters, int dots) {
      StringBuilder hidden = new StringBuilder();
      for (int i = 0; i < dots; i++) {
        hidden.append((char) ('0' + i));
      }

      return dotsBefore ? hidden + letters : letters.substring(1) + hidden;
    }

    /** Returns how many axes of a row the dots stand for. */
    private int dots(Shape input) {
      int named = dotsBefore ? this.input.length() : this.input.length() - 1;
      int dots = input.rank() - named;
      boolean ok = (dotsBefore || dotsBehind) ? dots >= 0 : dots == 0;
      if (!ok) {
        throw new IllegalArgumentException(
            "%s: rows of shape %s do not have the axes of the input in the equation %s"
                .formatted(NAME, input, this));
      }

      return dots;
    }

    @Override
    public String toString() {
      String before = dotsBefore ? DOTS : "";
      String behind = dotsBehind ? DOTS : "";
      return before + input + behind + "," + kernel + "->" + before + output + behind;
    }
  }

  /**
   * Computes the plan.
   *
   * @param sizes the sizes of the output's axes that the equation names, apart from that of the
   *     rows; null where the input's counts
   * @param biasAxes the letters of the output's axes along which biases differ, or null
   * @throws IllegalArgumentException if they do not suit each other
   */
  static EinsumPlan of(
      Equation equation, List<@Nullable Integer> sizes, @Nullable String biasAxes, Shape input) {
    int dots = equation.dots(input);
    String in = equation.row(equation.input, dots);
    String out = equation.row(equation.output, dots);
    int named = equation.dotsBefore ? equation.output.length() : equation.output.length() - 1;
    Argument.require(
        NAME,
        "output_shape",
        sizes,
        sizes.size() == named,
        "of %d sizes for the equation %s".formatted(named, equation));
    Map<Character, Integer> extents = new LinkedHashMap<>();
    for (int i = 0; i < in.length(); i++) {
      extents.put(in.charAt(i), input.dim(i));
    }

    for (int i = 0; i < named; i++) {
      char letter = out.charAt(equation.dotsBefore ? dots + i : i);
      Integer size = sizes.get(i);
      Integer known = extents.get(letter);
      boolean ok = size == null ? known != null : known == null || known.equals(size);
      Argument.require(
          NAME,
          "output_shape",
          sizes,
          ok,
          known == null
              ? "a size for the axis '%s'".formatted(letter)
              : "%d or null for the axis '%s' with rows of shape %s"
                  .formatted(known, letter, input));
      extents.putIfAbsent(letter, size == null ? known : size);
    }

    return of(equation, biasAxes, extents, in, out);
  }

  private static EinsumPlan of(
      Equation equation,
      @Nullable String biasAxes,
      Map<Character, Integer> extents,
      String in,
      String out) {
    String kernel = equation.kernel;
    StringBuilder shared = new StringBuilder();
    StringBuilder places = new StringBuilder();
    StringBuilder summed = new StringBuilder();
    StringBuilder features = new StringBuilder();
    for (int i = 0; i < in.length(); i++) {
      char letter = in.charAt(i);
      boolean ofKernel = kernel.indexOf(letter) >= 0;
      boolean ofOutput = out.indexOf(letter) >= 0;
      (ofOutput ? ofKernel ? shared : places : summed).append(letter);
    }

    kernel.chars().filter(c -> in.indexOf(c) < 0).forEach(c -> features.append((char) c));

    List<Long> inputAxes = new ArrayList<>();
    List<Long> outputAxes = new ArrayList<>();
    for (int i = 0; i < kernel.length(); i++) {
      (out.indexOf(kernel.charAt(i)) >= 0 ? outputAxes : inputAxes).add((long) i);
    }

    Shape output = shape(out, extents);
    Shape bias = biasAxes == null ? null : biasShape(equation, biasAxes, extents, out);
    return new EinsumPlan(
        shape(in, extents),
        shape(kernel, extents),
        output,
        bias,
        inputAxes,
        outputAxes,
        shape(shared.toString(), extents).size(),
        shape(places.toString(), extents).size(),
        shape(summed.toString(), extents).size(),
        shape(features.toString(), extents).size(),
        indices("" + shared + places + summed, in, extents),
        indices("" + shared + summed + features, kernel, extents),
        indices("" + shared + places + features, out, extents),
        bias == null ? new int[0] : biasIndices(bias, output));
  }

  private static Shape shape(String letters, Map<Character, Integer> extents) {
    return Shape.of(letters.chars().map(c -> extents.getOrDefault((char) c, 1)).toArray());
  }

  /** Biases differ along some axes; the others, from the first of these on, have one value. */
  private static Shape biasShape(
      Equation equation, String biasAxes, Map<Character, Integer> extents, String out) {
    int first = out.length();
    for (int i = 0; i < biasAxes.length(); i++) {
      char letter = biasAxes.charAt(i);
      int at = Character.isLetter(letter) ? out.indexOf(letter) : -1;
      Argument.require(
          NAME, "bias_axes", biasAxes, at >= 0, "letters of the output's axes in " + equation);
      first = Math.min(first, at);
    }

    return Shape.of(
        out.substring(first)
            .chars()
            .map(c -> biasAxes.indexOf(c) >= 0 ? extents.getOrDefault((char) c, 1) : 1)
            .toArray());
  }

  /** Returns where each output value finds its bias. */
  private static int[] biasIndices(Shape bias, Shape output) {
    int[] indices = new int[output.size()];
    int skipped = output.rank() - bias.rank();
    for (int i = 0; i < indices.length; i++) {
      int rest = i;
      int index = 0;
      int step = 1;
      for (int axis = output.rank() - 1; axis >= skipped; axis--) {
        int extent = bias.dim(axis - skipped);
        index += extent == 1 ? 0 : rest % output.dim(axis) * step;
        step *= extent;
        rest /= output.dim(axis);
      }

      indices[i] = index;
    }

    return indices;
  }

  /** Tells whether an array is the one matrix of the plan as it is. */
  boolean isPlain(int @Nullable [] indices) {
    return indices == null && matrices == 1;
  }

  private static int at(int @Nullable [] indices, int i) {
    return indices == null ? i : indices[i];
  }

  /** Copies the n-th matrix out of rows of some width. */
  static void take(
      int @Nullable [] indices, int n, int size, float[] from, int width, float[] to, int rows) {
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < size; i++) {
        to[row * size + i] = from[row * width + at(indices, n * size + i)];
      }
    }
  }

  /** Copies the n-th matrix back. */
  static void give(
      int @Nullable [] indices, int n, int size, float[] from, float[] to, int width, int rows) {
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < size; i++) {
        to[row * width + at(indices, n * size + i)] = from[row * size + i];
      }
    }
  }

  /** Adds the n-th matrix to a kernel, whose values it may have several times. */
  static void add(int @Nullable [] indices, int n, int size, float[] from, float[] to) {
    for (int i = 0; i < size; i++) {
      to[at(indices, n * size + i)] += from[i];
    }
  }

  /** Returns where the values are if the axes stand in another order; axes that are not count 1. */
  private static int @Nullable [] indices(
      String order, String letters, Map<Character, Integer> extents) {
    int[] steps = new int[order.length()];
    int step = 1;
    for (int axis = letters.length() - 1; axis >= 0; axis--) {
      steps[order.indexOf(letters.charAt(axis))] = step;
      step *= extents.getOrDefault(letters.charAt(axis), 1);
    }

    int[] indices = new int[shape(order, extents).size()];
    boolean inOrder = indices.length == step;
    for (int i = 0; i < indices.length; i++) {
      int rest = i;
      for (int axis = order.length() - 1; axis >= 0; axis--) {
        int extent = extents.getOrDefault(order.charAt(axis), 1);
        indices[i] += rest % extent * steps[axis];
        rest /= extent;
      }

      inOrder &= indices[i] == i;
    }

    return inOrder ? null : indices;
  }
}
