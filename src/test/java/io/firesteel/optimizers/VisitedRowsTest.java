package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether steps visit the rows that the page about optimizers says. */
class VisitedRowsTest {

  static List<String> names() {
    return OptimizerVariant.names();
  }

  /** First comes what is so by default, then in which variants it is the other way. */
  @ParameterizedTest
  @MethodSource("names")
  void rowSparseGradientsVisitTheRowsThatThePageSays(String name) {
    PageTables.Row row = PageTables.under("Optimizers").get(name);
    String cell = row.cell("Row-sparse gradients visit");
    boolean touched = cell.startsWith("touched rows");
    assertTrue(touched || cell.startsWith("all rows"), cell);
    assertEquals(touched, VisitedRows.areTouchedOnesOnly(Optimizers.get(name)));
    for (String code : row.codes("Row-sparse gradients visit")) {
      String[] parts = code.split("=", 2);
      Object value = parts[1].equals("true") ? Boolean.TRUE : Double.valueOf(parts[1]);
      Optimizer changed = new OptimizerVariant(name, Config.empty()).with(parts[0], value);
      assertEquals(!touched, VisitedRows.areTouchedOnesOnly(changed), code);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "weight_decay,0.1,false",
    "gradient_accumulation_steps,2,false",
    "clipnorm,1,true",
    "global_clipnorm,1,true",
    "clipvalue,1,true",
    "loss_scale_factor,8,true",
    "use_ema,true,true"
  })
  void sharedArgumentsMakeStepsVisitTheRowsThatThePageSays(
      String key, String value, boolean touchedOnly) {
    Config config = Config.parse("{\"%s\":%s}".formatted(key, value));
    assertEquals(
        touchedOnly,
        VisitedRows.areTouchedOnesOnly(new OptimizerVariant("SGD", config).optimizer()));
  }
}
