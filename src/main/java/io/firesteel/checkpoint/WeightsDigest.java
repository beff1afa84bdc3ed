package io.firesteel.checkpoint;

import io.firesteel.variables.Variable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, over bytes and over the values of an archive. */
final class WeightsDigest {

  private WeightsDigest() {}

  /** Returns a fresh SHA-256. */
  static MessageDigest sha256() {
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

  /** Returns the digest of all variables of an archive. */
  static String of(KerasArchive archive) {
    MessageDigest digest = sha256();
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
    for (Variable variable : weights.variables()) {
      if (variable.isInteger()) {
        LittleEndian.write(out, variable.integer(), 8);
      } else {
        LittleEndian.write(out, variable.values());
      }
    }
  }
}
