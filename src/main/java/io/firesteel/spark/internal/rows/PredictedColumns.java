package io.firesteel.spark.internal.rows;

import io.firesteel.spark.internal.rows.OutputForm.Kind;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The columns that a prediction adds to a row, each under its name or, with an empty one, not at
 * all.
 *
 * @param output the model's output as an array of floats
 * @param rawPrediction the output of a classifier as a vector with a value for each class
 * @param probability the probabilities of a classifier's classes as a vector
 * @param prediction the class, the value, or the array of values
 * @param classNames the names of the classes, empty if they have none
 */
public record PredictedColumns(
    String output,
    String rawPrediction,
    String probability,
    String prediction,
    List<String> classNames)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Copies the list. */
  public PredictedColumns {
    classNames = new ArrayList<>(classNames);
  }

  /** Returns the names of the columns, in order. */
  public List<String> names() {
    List<String> names = new ArrayList<>(List.of(output, rawPrediction, probability, prediction));
    names.removeIf(String::isEmpty);
    return names;
  }

  /** Returns a schema with these columns behind its own. */
  public StructType addTo(StructType schema, OutputForm form, boolean nullable) {
    ArrayType array = new ArrayType(DataTypes.FloatType, false);
    StructType all = output.isEmpty() ? schema : schema.add(output, array, nullable);
    if (!rawPrediction.isEmpty()) {
      all = all.add(rawPrediction, SQLDataTypes.VectorType(), nullable);
    }

    if (!probability.isEmpty()) {
      all = all.add(probability, SQLDataTypes.VectorType(), nullable);
    }

    if (prediction.isEmpty()) {
      return all;
    }

    return form.kind() == Kind.VALUES
        ? all.add(prediction, array, nullable)
        : all.add(prediction, DataTypes.DoubleType, nullable, metadata(form));
  }

  /** Lets {@code IndexToString} find the names of the classes. */
  private Metadata metadata(OutputForm form) {
    if (!form.isClasses()) {
      return Metadata.empty();
    }

    NominalAttribute attribute = NominalAttribute.defaultAttr().withName(prediction);
    return classNames.size() == form.classes()
        ? attribute.withValues(classNames.toArray(new String[0])).toMetadata()
        : attribute.withNumValues(form.classes()).toMetadata();
  }

  /** Puts the values of a row behind its cells. */
  public void fill(OutputForm form, float[] values, int from, @Nullable Object[] cells, int first) {
    int next = first;
    if (!output.isEmpty()) {
      cells[next++] = Arrays.copyOfRange(values, from, from + form.width());
    }

    if (!form.isClasses()) {
      if (!prediction.isEmpty()) {
        cells[next] =
            form.kind() == Kind.VALUE
                ? (Object) (double) values[from]
                : Arrays.copyOfRange(values, from, from + form.width());
      }

      return;
    }

    double[] raw = form.raw(values, from);
    double[] probabilities = form.probabilities(raw);
    if (!rawPrediction.isEmpty()) {
      cells[next++] = Vectors.dense(raw);
    }

    if (!probability.isEmpty()) {
      cells[next++] = Vectors.dense(probabilities);
    }

    if (!prediction.isEmpty()) {
      cells[next] = (double) OutputForm.best(probabilities);
    }
  }
}
