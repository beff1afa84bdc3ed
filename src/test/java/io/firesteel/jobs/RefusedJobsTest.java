package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.testing.FolderContent;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs that Train refuses, in a folder where the same job has been trained before. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class RefusedJobsTest {

  @TempDir static Path folder;

  private static SparkSession spark;
  private static TinyJob tiny;

  @BeforeAll
  static void trainOnce(SparkSession session) throws Exception {
    spark = session;
    tiny = TinyJob.in(folder);
    write("null.csv", ",1,1,x,1,1");
    write("nan.csv", "NaN,1,1,x,1,1");
    write("label.csv", "1,1,1,x,1,3");
    write("half.csv", "1,1,1,x,1,1.5");
    write("weight.csv", "1,1,1,x,-1,1");
    write("more.csv", "1,1,1,x,1,2");
    Files.writeString(folder.resolve("header.csv"), "a,b,c,name,w,digit\n");
    Files.writeString(folder.resolve("empty.csv"), "");
    train(List.of());
  }

  private static void write(String name, String row) throws Exception {
    Files.writeString(folder.resolve(name), TinyJob.csv(TinyJob.ROWS) + row + "\n");
  }

  private static void train(List<String> settings) throws Exception {
    Config replacing = Overrides.apply(tiny.config(), List.of("output.mode=overwrite"));
    Job job = Job.parse(Overrides.apply(replacing, settings));
    Train.prepare(job, new Locations(new Configuration())).run(spark);
  }

  /** Settings are separated by two spaces; FOLDER stands for the test's folder. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data.features=["a","nope"] | The column 'nope' of features is missing. Columns: a, b, c, name, w, digit
          data.features=x* | data.features: 'x*' matches no column. Columns: a, b, c, name, w, digit
          data.features=["a","b","name"] | The column 'name' of features must hold numbers. Received: string
          data.features=["a","a","b"] | The column 'a' stands twice among the features
          data.features=["a","b"] | data: the model sequential takes features of shape (3,). Received: (2,)
          data.label=nope | The column 'nope' of labels is missing. Columns: a, b, c, name, w, digit
          data.label=null | The column 'label' of labels is missing. Columns: a, b, c, name, w, digit
          data.select=["a","b","c"] | The column 'digit' of labels is missing. Columns: a, b, c
          data.weight=nope | The column 'nope' of weight is missing. Columns: a, b, c, name, w, digit
          data.feature_shape=[2,2] | The features have 3 values a row. Received the shape: (2, 2)
          data.path=FOLDER/none.csv | [PATH_NOT_FOUND] Path does not exist: file:FOLDER/none.csv
          data.format=nope | [DATA_SOURCE_NOT_FOUND] Failed to find the data source: nope
          data.format=table  data.path=["a","b"] | data.path must be one table's name for the format table. Received: [a, b]
          data.schema=a FOO | Unsupported data type "FOO"
          data.where=zz > 3 | with name `zz` cannot be resolved
          data.where=a > 1000 | Train failed: data: there are no rows in [FOLDER/rows.csv] where a > 1000. Columns: [a, b, c, name, w, digit]
          data.order_by=nope  fit.shuffle=false  checkpoint.path=FOLDER/fresh | The column 'nope' of orderBy is missing. Columns: a, b, c, name, w, digit
          data.path=FOLDER/null.csv | The column 'a' must not hold null. Received the row [null,1.0,1,1]
          data.path=FOLDER/nan.csv | The column 'a' must hold finite float32 numbers. Received: NaN in the row [NaN,1.0,1,1]
          validation={"path": "FOLDER/nan.csv"} | The column 'a' must hold finite float32 numbers. Received: NaN in the row [NaN,1.0,1,1]
          data.weight=w  data.path=FOLDER/weight.csv | The column 'w' of weights must not be negative. Received: -1.0 in the row
          data.path=FOLDER/label.csv  checkpoint.path=FOLDER/fresh | The labels don't suit the loss: the label 3.0 is not allowed for sparse_categorical_crossentropy: labels must be whole numbers from 0 to 2, one a class
          data.path=FOLDER/half.csv  checkpoint.path=FOLDER/fresh | The labels don't suit the loss: the label 1.5 is not allowed for sparse_categorical_crossentropy: labels must be whole numbers from 0 to 2, one a class
          validation={"path": "FOLDER/label.csv"}  checkpoint.path=FOLDER/fresh | The labels don't suit the loss: the label 3.0 is not allowed for sparse_categorical_crossentropy: labels must be whole numbers from 0 to 2, one a class
          fit.validation_split=0.5  data.where=name = 'n1' | validation_split=0.5 of 1 rows leaves a part without rows (training 0, validation 1)
          model.config.layers.0.config.batch_shape=[null,4] | data: the model sequential takes features of shape (4,). Received: (3,)
          model.config.layers.1.class_name=Dens | Unknown layer 'Dens'. Allowed:
          model.config.layers.1.config.unit=3 | Dense does not know the field 'unit'. Allowed:
          model.config.layers.1.config.activation=rel | Unknown activation 'rel'. Allowed:
          model.class_name=Mine | Firesteel opens models of the classes Sequential and Functional. Received: Mine
          model.config=7 | model: 'config' must be an object. Received: 7
          model={"path": "FOLDER/none.keras"} | model.path: there is no file file:FOLDER/none.keras
          model={"path": "FOLDER/rows.csv"} | FOLDER/rows.csv is no Keras archive
          compile=null | compile: the section is missing, and the model was not saved with what it holds
          compile.optimizer=adamm | Unknown optimizer 'adamm'. Allowed:
          compile.loss=nope | Unknown loss 'nope'. Allowed:
          compile.loss=mse | takes 3 labels a row. Received: 1
          compile.metrics=["nope"] | Unknown metric 'nope'. Allowed:
          compile.metrics=["mse"] | The metric mse needs labels of width 3 for predictions of width 3. Received: labels of width 1
          checkpoint.path=FOLDER/rows.csv/x | checkpoint.path: file:FOLDER/rows.csv/x can't be a folder, for file:FOLDER/rows.csv is a file
          output.path=FOLDER/rows.csv | output.path: file:FOLDER/rows.csv can't be a folder, for file:FOLDER/rows.csv is a file
          output.path=nosuch://x | output.path: nosuch://x is no usable path: No FileSystem for scheme "nosuch"
          checkpoint.resume=never | checkpoint.resume is never, but FOLDER/checkpoints has a checkpoint of step 15.
          checkpoint.resume=required  checkpoint.path=FOLDER/none | checkpoint.resume is required, but FOLDER/none has no valid checkpoint
          model.config.layers.1.config.units=5 | The checkpoint in FOLDER/checkpoints is of another run, and nothing was changed.
          model.config.layers.1.config.units=5 | model.config.layers[1].config.units: the checkpoint has 4, this run has 5
          seed=4  fit.batch_size=4 | fit.batch_size: the checkpoint has 8, this run has 4
          seed=4  fit.batch_size=4 | fit.seed: the checkpoint has 3, this run has 4
          compile.optimizer=sgd | optimizer.class_name: the checkpoint has Adam, this run has SGD
          data.path=FOLDER/more.csv | data.rows: the checkpoint has 40, this run has 41
          validation={"path":"FOLDER/header.csv"} | Train failed: validation: there are no rows in [FOLDER/header.csv].
          data.format=parquet | Train failed: data.path: java.lang.RuntimeException: file:FOLDER/rows.csv is not a Parquet file
          data.path=FOLDER/header.csv | Train failed: data: there are no rows in [FOLDER/header.csv]. Columns: [a, b, c, name, w, digit]
          data.path=FOLDER/empty.csv | Train failed: data.path: what was read has no columns. Received: [FOLDER/empty.csv]
          model={"path": "FOLDER"} | model.path: file:FOLDER is a folder
          output.path= | output.path: '' is no usable path
          """)
  void aRefusedJobSaysWhyAndTouchesNothing(String settings, String expected) throws Exception {
    FolderContent before = FolderContent.of(folder);
    List<String> given = List.of(inFolder(settings).split("  "));
    Exception error = assertThrows(Exception.class, () -> train(given));
    String message = Failure.describe("Train", error);
    assertTrue(message.contains(inFolder(expected)), message);
    assertFalse(message.contains("\tat "), message);
    assertEquals(before, FolderContent.of(folder));
  }

  private static String inFolder(String text) {
    return text.replace("FOLDER", folder.toString());
  }
}
