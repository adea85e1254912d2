package io.happo.hub.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.happo.net.Headers;
import io.happo.net.Request;
import io.happo.net.Response;
import io.happo.net.Router;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * What pages load: styles, programs and pictures of our own, and of the libraries that the build
 * unpacks. Their address holds a digest of them all, so that browsers keep them for ever. Any
 * thread.
 */
final class Assets {
  private static final String PREFIX = "/assets/";
  private static final int DIGEST_BYTES = 8;

  private static final Map<String, String> TYPES =
      Map.of(
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  private static final Pattern PICTURE = Pattern.compile("url\\(\"?[^d\")][^)]*\\)");

  private static final List<String> OWN =
      List.of(
          "happo.css",
          "forms.css",
          "dashboards.css",
          "happo.js",
          "plot.js",
          "panels.js",
          "dashboard.js",
          "dashboardEdit.js",
          "graphs.js",
          "editor.js",
          "run.js",
          "theme.js",
          "icon.svg");

  private static final Map<String, List<String>> OF_LIBRARIES =
      Map.of(
          "htmx.org", List.of("htmx.min.js"),
          "chart.js", List.of("chart.umd.min.js"),
          "ace-builds",
              List.of(
                  "ace.js",
                  "ace.css",
                  "ext-searchbox.js",
                  "mode-perl.js",
                  "mode-powershell.js",
                  "mode-python.js",
                  "mode-sh.js",
                  "mode-yaml.js",
                  "theme-github.js",
                  "theme-github_dark.js",
                  "github.css",
                  "github_dark.css"));

  /** As it is, and as most browsers take it. */
  private record Asset(byte[] bytes, byte[] packed) {}

  private final Map<String, String> resources = new TreeMap<>();
  private final Map<String, Asset> read = new ConcurrentHashMap<>();
  private final String digest;

  Assets() {
    OWN.forEach(name -> resources.put(name, "assets/" + name));
    OF_LIBRARIES.forEach(
        (library, names) ->
            names.forEach(name -> resources.put(name, "lib/" + library + "/" + name)));
    this.digest = digest();
  }

  private String digest() {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      resources.values().forEach(resource -> sha256.update(bytes(resource)));
      return HexFormat.of().formatHex(sha256.digest(), 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the address of each begins with. */
  String path() {
    return PREFIX + digest + "/";
  }

  void addTo(Router router) {
    router.add("GET", PREFIX + ":digest/:name", this::answer);
    router.add("GET", "/favicon.ico", request -> answer(request, "icon.svg"));
  }

  private Response answer(Request request) {
    return answer(request, request.pathParameters().getOrDefault("name", ""));
  }

  private Response answer(Request request, String name) {
    var resource = resources.get(name);
    if (resource == null) {
      return Router.notFound();
    }
    var asset = read.computeIfAbsent(name, _ -> read(resource));
    var packs = request.headers().first("Accept-Encoding").orElse("").contains("gzip");
    var headers = new HashMap<String, String>();
    headers.put("Content-Type", TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("Vary", "Accept-Encoding");
    // An address of before, of a page that is open while the hub is another one now, is not kept.
    boolean isNow = request.path().startsWith(path());
    headers.put("Cache-Control", isNow ? "public, max-age=31536000, immutable" : "no-cache");
    if (packs) {
      headers.put("Content-Encoding", "gzip");
    }
    return new Response(200, headers(headers), packs ? asset.packed() : asset.bytes());
  }

  private static Headers headers(Map<String, String> fields) {
    return Headers.of(
        fields.entrySet().stream()
            .flatMap(field -> List.of(field.getKey(), field.getValue()).stream())
            .toArray(String[]::new));
  }

  private static Asset read(String resource) {
    var bytes = resource.startsWith("lib/") ? withoutPictures(resource) : bytes(resource);
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Asset(bytes, packed.toByteArray());
  }

  /** Styles of the editor name pictures, for folds and marks that it is told to leave off. */
  private static byte[] withoutPictures(String resource) {
    var bytes = bytes(resource);
    return resource.endsWith(".css")
        ? PICTURE.matcher(new String(bytes, UTF_8)).replaceAll("none").getBytes(UTF_8)
        : bytes;
  }

  private static byte[] bytes(String resource) {
    try (var in = Assets.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("this program was built without " + resource);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
