package io.happo.core;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON strictly (RFC 8259), except that what follows the first value is ignored and that
 * bytes which are no UTF-8 become U+FFFD, as the original has it. Limits: nesting 100, a number
 * 1,000 characters, 400,000 names, values and brackets; the size is the caller's.
 */
public final class Json {
  private static final int MAX_NESTING = 100;
  private static final int MAX_NUMBER_LENGTH = 1_000;
  private static final int MAX_TOKENS = 400_000;

  /**
   * Buffers of 8 KiB that wait for the next document; by default each thread would keep its own.
   */
  private static final int BUFFERS = 16;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .recyclerPool(JsonRecyclerPools.newBoundedPool(BUFFERS))
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxNumberLength(MAX_NUMBER_LENGTH)
                  .maxTokenCount(MAX_TOKENS)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private Json() {}

  /** The first value of a document. */
  public static JsonValue parse(byte[] document) throws JsonException {
    return parse(Utf8.decode(document));
  }

  /** The first value of a document. */
  public static JsonValue parse(String document) throws JsonException {
    try (var parser = FACTORY.createParser(document)) {
      if (parser.nextToken() == null) {
        throw new JsonException("not JSON: the document is empty");
      }
      return value(parser, "");
    } catch (StreamConstraintsException e) {
      throw new JsonException(
          "not read: nested deeper than "
              + MAX_NESTING
              + ", or a number of more than "
              + MAX_NUMBER_LENGTH
              + " characters, or more than "
              + MAX_TOKENS
              + " parts");
    } catch (JacksonException e) {
      // The parser's own words quote the document and its settings; the place is what helps.
      var place = e.getLocation();
      throw new JsonException(
          "not JSON: line " + place.getLineNr() + ", column " + place.getColumnNr());
    } catch (IOException e) {
      throw new JsonException("not JSON: " + e.getMessage());
    }
  }

  /**
   * The document as an object; an empty document and {@code null} are an object without members.
   */
  public static JsonObject parseObject(byte[] document) throws JsonException {
    if (document.length == 0) {
      return new JsonObject(List.of(), "");
    }
    var value = parse(document);
    if (value instanceof JsonObject object) {
      return object;
    }
    if (value instanceof JsonValue.Null) {
      return new JsonObject(List.of(), "");
    }
    throw new JsonException("the document is " + value.kind() + ", expected an object");
  }

  private static JsonValue value(JsonParser parser, String place) throws IOException {
    var token = parser.currentToken();
    if (token == null) {
      throw new IOException("unexpected end of the document");
    }
    return switch (token) {
      case START_OBJECT -> object(parser, place);
      case START_ARRAY -> {
        var values = new ArrayList<JsonValue>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          values.add(value(parser, place));
        }
        yield new JsonValue.Array(values);
      }
      case VALUE_STRING -> new JsonValue.Text(parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonValue.Numeral(parser.getText());
      case VALUE_TRUE -> new JsonValue.Bool(true);
      case VALUE_FALSE -> new JsonValue.Bool(false);
      case VALUE_NULL -> new JsonValue.Null();
      default -> throw new IOException("unexpected " + token);
    };
  }

  private static JsonObject object(JsonParser parser, String place) throws IOException {
    var members = new ArrayList<Map.Entry<String, JsonValue>>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = parser.currentName();
      parser.nextToken();
      members.add(Map.entry(name, value(parser, place)));
    }
    return new JsonObject(members, place);
  }
}
