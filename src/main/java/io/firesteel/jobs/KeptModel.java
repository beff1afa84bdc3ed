package io.firesteel.jobs;

import io.firesteel.internal.files.FileIO;
import io.firesteel.models.Model;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A trained model that can't be written where its job says. It is written to the first other place
 * that takes it: beside the model, to the folder for temporary files, to the working directory.
 */
final class KeptModel {

  private final Model model;
  private final String job;

  KeptModel(Model model, String job) {
    this.model = model;
    this.job = job;
  }

  /**
   * Writes the model somewhere else; never over another file of these folders.
   *
   * @param failure what is the reason, which keeps what goes wrong here
   * @param state what the name of the file says of the model
   * @param first the files to try before the others
   * @return a sentence that says where it is, to be added to the message of the failure; empty if
   *     it has taken no step
   */
  String after(Exception failure, String state, List<String> first) {
    if (!model.isBuilt() || model.optimizer().iterations() == 0) {
      return "";
    }

    List<String> tried = new ArrayList<>(first);
    tried.add(unused(System.getProperty("java.io.tmpdir"), state));
    tried.add(unused(System.getProperty("user.dir"), state));
    for (String place : tried) {
      try {
        model.save(place);
        return ". The model as it is was saved to " + place;
      } catch (IOException | RuntimeException e) {
        failure.addSuppressed(e);
      }
    }

    return ". The model could not be saved to any of " + tried;
  }

  private String unused(String folder, String state) {
    String stem = folder + "/" + job.replaceAll("[^A-Za-z0-9._-]", "_") + "-" + state;
    String file = stem + ".keras";
    try {
      for (int i = 2; FileIO.of(file).exists(file); i++) {
        file = "%s-%d.keras".formatted(stem, i);
      }
    } catch (IOException e) {
      return file;
    }

    return file;
  }
}
