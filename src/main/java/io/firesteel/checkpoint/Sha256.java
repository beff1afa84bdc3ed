package io.firesteel.checkpoint;

import io.firesteel.internal.archive.FloatBytes;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256, over bytes and over the values of an archive. */
final class Sha256 {

  private Sha256() {}

  /** Returns a fresh SHA-256. */
  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the digest in lower-case hexadecimal. */
  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Returns the digest of a text in UTF-8. */
  static String of(String text) {
    MessageDigest digest = digest();
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    return hex(digest);
  }

  /** Returns the digest of all variables of an archive. */
  static String of(KerasArchive archive) {
    MessageDigest digest = digest();
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      for (KerasArchive.Weights layer : archive.layers()) {
        write(layer, out);
      }

      KerasArchive.Weights optimizer = archive.optimizer();
      if (optimizer != null) {
        write(optimizer, out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return hex(digest);
  }

  private static void write(KerasArchive.Weights weights, OutputStream out) throws IOException {
    write(weights.variables(), out);
    for (KerasArchive.Part part : weights.parts()) {
      write(part.variables(), out);
    }
  }

  private static void write(List<Variable> variables, OutputStream out) throws IOException {
    for (Variable variable : variables) {
      if (variable.isInteger()) {
        FloatBytes.write(out, variable.integer(), 8);
      } else {
        FloatBytes.write(out, variable.values());
      }
    }
  }
}
