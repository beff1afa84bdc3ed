package io.firesteel.ml;

import io.firesteel.internal.files.FileIO;
import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.spark.internal.hadoop.HadoopPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * The data of a saved model: {@code model.keras}, which Keras opens, and {@code summary.json},
 * beside Spark's {@code metadata}.
 */
final class ModelFolder {

  private static final String MODEL = "model.keras";
  private static final String SUMMARY = "summary.json";

  private final String folder;
  private final FileIO files;

  private ModelFolder(String folder) {
    this.folder = folder;
    this.files = FileIO.of(folder);
  }

  /** Returns a folder as Spark's writers and readers name it, on the local disk if they say so. */
  static ModelFolder at(String path) {
    return SparkMl.savesLocally() ? local(path) : new ModelFolder(whole(path));
  }

  static ModelFolder local(String path) {
    return new ModelFolder(path);
  }

  private static String whole(String path) {
    Configuration hadoopConf = SparkSession.active().sparkContext().hadoopConfiguration();
    try {
      FileSystem files = HadoopPath.of(path).getFileSystem(hadoopConf);
      Path whole = files.makeQualified(HadoopPath.of(path));
      return files instanceof LocalFileSystem ? whole.toUri().getPath() : whole.toString();
    } catch (IOException e) {
      throw new UncheckedIOException("%s can't be reached: %s".formatted(path, e.getMessage()), e);
    }
  }

  void write(Model model, @Nullable KerasTrainingSummary summary) {
    try {
      model.save(file(MODEL));
      if (summary != null) {
        saveSummary(summary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The model can't be saved to " + folder, e);
    }
  }

  void saveSummary(KerasTrainingSummary summary) {
    byte[] json = summary.toConfig().toJson().getBytes(StandardCharsets.UTF_8);
    try {
      files.write(file(SUMMARY), out -> out.write(json));
    } catch (IOException e) {
      throw new UncheckedIOException("The summary can't be saved to " + folder, e);
    }
  }

  Model model() {
    return load(file(MODEL));
  }

  @Nullable KerasTrainingSummary summary() {
    try {
      if (!files.exists(file(SUMMARY))) {
        return null;
      }

      try (InputStream in = files.open(file(SUMMARY))) {
        String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        return KerasTrainingSummary.of(Config.parse(json));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The summary can't be read from " + folder, e);
    }
  }

  /** Opens a {@code .keras} file, or the one in the folder of a saved model. */
  static Model open(String path) {
    ModelFolder folder = at(path);
    try {
      return folder.files.exists(folder.file(MODEL)) ? folder.model() : load(folder.folder);
    } catch (IOException e) {
      throw new UncheckedIOException("%s can't be read: %s".formatted(path, e.getMessage()), e);
    }
  }

  private static Model load(String file) {
    try {
      return Model.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException("The model can't be read from " + file, e);
    }
  }

  private String file(String name) {
    return folder + "/" + name;
  }
}
