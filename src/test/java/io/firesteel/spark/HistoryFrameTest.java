package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.callbacks.History;
import io.firesteel.callbacks.HistoryTable;
import io.firesteel.testing.LocalSpark;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("spark")
@ExtendWith(LocalSpark.class)
class HistoryFrameTest {

  private static History history(double loss) {
    History history = new History();
    history.onEpochEnd(0, Map.of("loss", loss));
    Map<String, Double> second = new LinkedHashMap<>(Map.of("loss", loss / 2));
    second.put("val_loss", Double.NaN);
    history.onEpochEnd(1, second);
    return history;
  }

  private static List<String> rows(List<Row> rows) {
    return rows.stream().map(Row::toString).toList();
  }

  @Test
  void anEpochIsARow(SparkSession spark) {
    var frame = HistoryFrame.of(history(0.5)).toDF(spark);
    assertEquals("struct<epoch:int,loss:double,val_loss:double>", frame.schema().catalogString());
    assertEquals(List.of("[0,0.5,null]", "[1,0.25,NaN]"), rows(frame.collectAsList()));
  }

  @Test
  void severalRunsHaveNames(SparkSession spark) {
    HistoryTable table = HistoryTable.empty().add("sgd", history(0.5)).add("adam", history(0.25));
    var frame = HistoryFrame.of(table).toDF(spark);
    assertEquals(
        "struct<run:string,epoch:int,loss:double,val_loss:double>", frame.schema().catalogString());
    assertEquals(
        List.of("[sgd,0.25]", "[adam,0.125]"),
        rows(frame.where("epoch = 1").select("run", "loss").collectAsList()));
  }
}
