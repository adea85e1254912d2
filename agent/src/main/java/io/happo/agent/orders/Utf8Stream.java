package io.happo.agent.orders;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Makes text of bytes that come in pieces, also where a piece ends within a character. */
final class Utf8Stream implements Consumer<byte[]> {
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  private final Consumer<String> reader;
  private byte[] rest = {};
  private boolean silent = true;

  Utf8Stream(Consumer<String> reader) {
    this.reader = reader;
  }

  @Override
  public void accept(byte[] piece) {
    decode(piece, false);
  }

  /** Nothing follows. */
  void end() {
    decode(new byte[0], true);
  }

  private void decode(byte[] piece, boolean last) {
    var bytes = ByteBuffer.allocate(rest.length + piece.length).put(rest).put(piece).flip();
    var text = CharBuffer.allocate(bytes.remaining() + 1);
    decoder.decode(bytes, text, last);
    rest = new byte[bytes.remaining()];
    bytes.get(rest);
    if (text.flip().hasRemaining()) {
      silent = false;
      reader.accept(text.toString());
    }
  }

  /** Whether nothing has come so far. */
  boolean isSilent() {
    return silent;
  }
}
