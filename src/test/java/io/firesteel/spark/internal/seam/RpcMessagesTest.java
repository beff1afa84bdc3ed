package io.firesteel.spark.internal.seam;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.firesteel.testing.LocalSpark;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.netty.NettyRpcEnv;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.RpcUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LocalSpark.class)
class RpcMessagesTest {

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (31 * i + 7);
    }

    return bytes;
  }

  /** Each line of Spark has what is needed, so that no run falls back unseen. */
  @Test
  void answersAreTheBytesThatSparkWrites(SparkSession spark) {
    NettyRpcEnv env = (NettyRpcEnv) SparkEnv.get().rpcEnv();
    RpcMessages messages = Objects.requireNonNull(RpcMessages.of(env));
    for (int length : new int[] {0, 1, 1023, 1024, 1025, 300_000}) {
      assertEquals(env.serialize(bytes(length)), messages.answer(bytes(length)));
    }
  }

  @Test
  void requestsAreTheBytesThatSparkWrites(SparkSession spark) {
    SparkEnv env = SparkEnv.get();
    try (SparkInternals.Listening listening =
        SparkInternals.listen("rpc-messages-test", (frame, reply) -> {})) {
      assertNotNull(
          Objects.requireNonNull(RpcMessages.of(env.rpcEnv()))
              .asker(
                  RpcUtils.makeDriverRef("rpc-messages-test", env.conf(), env.rpcEnv()),
                  env.conf()));
    }
  }

  @Test
  void anAnswerHasItsFrameBeforeAndAfterItsMessageWasMade() {
    byte[] frame = bytes(1000);
    SparkInternals.Answer answer = new SparkInternals.Answer(frame);
    assertArrayEquals(frame, answer.frame());
    ByteBuffer message =
        answer.message(
            bytes ->
                ByteBuffer.allocate(bytes.length + 5).putInt(1).put((byte) 2).put(bytes).flip());
    assertEquals(1005, message.remaining());
    assertArrayEquals(frame, answer.frame());
    assertEquals(message, answer.message(bytes -> ByteBuffer.allocate(0)));
  }
}
