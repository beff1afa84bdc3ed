package io.firesteel.spark.internal.seam;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

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
      assertEquals(env.serialize(bytes(length)), messages.answer(FrameBytes.copyOf(bytes(length))));
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
  void aFrameStandsBehindItsHeader() {
    byte[] bytes = bytes(1000);
    FrameBytes frame = FrameBytes.copyOf(bytes);
    for (int length : new int[] {0, 23, FrameBytes.ROOM - 4, FrameBytes.ROOM - 3, 2000}) {
      ByteBuffer expected = ByteBuffer.allocate(length + 4 + 1000);
      expected.put(bytes(length)).putInt(1000).put(bytes).flip();
      assertEquals(expected, frame.behind(bytes(length)));
      assertArrayEquals(bytes, frame.copy());
    }
  }

  @Test
  void arraysOfLargeFramesAreUsedAgainAndThoseOfSmallOnesAreNot() {
    FrameBuffers buffers = new FrameBuffers();
    FrameBytes large = buffers.take(200_000);
    FrameBytes other = buffers.take(200_000);
    assertNotSame(large.array(), other.array());
    buffers.giveBack(large);
    FrameBytes shorter = buffers.take(150_000);
    assertSame(large.array(), shorter.array());
    assertEquals(150_000, shorter.writer().remaining());
    assertNotSame(large.array(), buffers.take(150_000).array());
    buffers.giveBack(other);
    assertEquals(1_000_000, buffers.take(1_000_000).writer().remaining());
    assertSame(other.array(), buffers.take(262_144 - FrameBytes.ROOM).array());

    FrameBytes small = buffers.take(100);
    buffers.giveBack(small);
    assertNotSame(small.array(), buffers.take(100).array());
  }
}
