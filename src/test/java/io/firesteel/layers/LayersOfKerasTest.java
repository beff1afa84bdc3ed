package io.firesteel.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The page on models names every layer class of Keras (src/test/python/keras_layers.py), those that
 * are there in its table and the others below it.
 */
class LayersOfKerasTest {

  /** {@code Conv1D/2D/3DTranspose} is three names. */
  private static final Pattern NAME = Pattern.compile("([A-Z]\\w*?)(\\d)D((?:/\\dD)*)(\\w*)");

  /** Cells are arguments of RNN, not layers of a model. */
  private static final Set<String> CELLS =
      Set.of("SimpleRNNCell", "GRUCell", "LSTMCell", "StackedRNNCells");

  private static Set<String> names(String text) {
    Set<String> names = new TreeSet<>();
    for (String word : text.split("[^\\w/]+")) {
      Matcher several = NAME.matcher(word);
      if (several.matches()) {
        for (String rank : (several.group(2) + "D" + several.group(3)).split("/")) {
          names.add(several.group(1) + rank + several.group(4));
        }
      } else {
        names.add(word);
      }
    }

    return names;
  }

  @Test
  void thePageNamesEachClassWhereItBelongs() throws IOException {
    List<?> keras =
        (List<?>)
            Config.parse(Files.readString(Path.of("src/test/resources/keras/layers-of-keras.json")))
                .get("layers");
    String page = Files.readString(Path.of("src/site/markdown/models.md"));
    int table = page.indexOf("| layers of Keras | there |");
    int list = page.indexOf("The other layer classes of Keras 3.15.1");
    int end = page.indexOf("Masks come from");
    StringBuilder there = new StringBuilder();
    page.substring(table, list)
        .lines()
        .filter(row -> row.startsWith("|"))
        .forEach(row -> there.append(row.split("\\|")[2]).append(' '));
    Set<String> inTable = names(there.toString());
    Set<String> inList = names(page.substring(list, end));
    assertTrue(keras.size() > 100);
    for (Object each : keras) {
      String name = (String) each;
      boolean isThere = Layers.classNames().contains(name) || CELLS.contains(name);
      assertEquals(isThere, inTable.contains(name), name + " in the table");
      assertEquals(!isThere, inList.contains(name), name + " in the list");
    }
  }
}
