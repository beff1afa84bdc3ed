package io.firesteel.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockwiseProductTest {

  private static final RandomStream RANDOM = RandomStream.of(8);

  @ParameterizedTest
  @CsvSource({
    "220,288,64,96",
    "44,288,64,96",
    "6760,9,32,3",
    "720,9,32,3",
    "100,9,24,3",
    "100,9,12,3",
    "100,9,37,3",
    "100,6,13,2",
    "100,9,11,3",
    "100,25,32,5",
    "300,4,40,1",
    "1,9,32,3",
    "500,63,8,21"
  })
  void itHasTheBitsOfItsBlocks(int rows, int left, int right, int block) {
    requireBitsOfBlocks(new BlockwiseProduct(rows, left, right, block), rows, left, right, block);
  }

  private static void requireBitsOfBlocks(
      BlockwiseProduct product, int rows, int left, int right, int block) {
    float[] a = random(7 + rows * left);
    float[] b = random(5 + rows * right);
    float[] c = random(left * right);
    float[] expected = c.clone();
    for (int from = 0; from < left; from += block) {
      float[] part = new float[rows * block];
      for (int row = 0; row < rows; row++) {
        System.arraycopy(a, 7 + row * left + from, part, row * block, block);
      }

      MatMul.addTransposedTimesPart(part, 0, b, 5, expected, from * right, rows, block, right);
    }

    if (product.isOfBlocks()) {
      assertThrows(IllegalStateException.class, () -> product.add(a, 7, b, 5, c));
    } else {
      product.add(a, 7, b, 5, c);
      assertArrayEquals(expected, c);
    }
  }

  private static float[] random(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (RANDOM.nextFloat() - 0.5f) * (1 << RANDOM.nextInt(12));
    }

    return values;
  }

  @Test
  void aBlockMustDivideTheColumns() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> new BlockwiseProduct(4, 9, 8, 2))
            .getMessage();
    assertEquals("'left' must be a multiple of 'block'. Received: left=9, block=2", message);
  }

  /** The kernels of OpenBLAS for several families of CPUs, and of netlib, in JVMs of their own. */
  @ParameterizedTest
  @CsvSource({"Haswell,auto", "Zen,auto", "SandyBridge,auto", "Nehalem,auto", ",java", ",vector"})
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void everyKernelKeepsItsBits(String family, String library) throws Exception {
    String processor = Files.readString(Path.of("/proc/cpuinfo"));
    assumeTrue(processor.contains(" avx2 ") && processor.contains(" fma "));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.add("-Dfiresteel.blas=" + library);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(BlockwiseProductTest.class.getName());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("OPENBLAS_CORETYPE");
    if (family != null) {
      builder.environment().put("OPENBLAS_CORETYPE", family);
    }

    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("ways"), output);
    assertFalse(
        output.contains("for Haswell") && output.contains("at once: 0"), "no use of it: " + output);
  }

  /** Compares products of many sizes. */
  public static void main(String[] args) {
    int atOnce = 0;
    int[][] sizes = {
      {220, 288, 64, 96},
      {6760, 9, 32, 3},
      {720, 9, 32, 3},
      {100, 9, 24, 3},
      {90, 6, 37, 2},
      {300, 48, 8, 16},
      {640, 27, 32, 9},
      {333, 25, 16, 5},
      {800, 4, 20, 1}
    };
    for (int[] size : sizes) {
      BlockwiseProduct product = new BlockwiseProduct(size[0], size[1], size[2], size[3]);
      requireBitsOfBlocks(product, size[0], size[1], size[2], size[3]);
      atOnce += product.isOfBlocks() ? 0 : 1;
    }

    System.out.printf("%s ways at once: %d of %d%n", MatMul.name(), atOnce, sizes.length);
  }
}
